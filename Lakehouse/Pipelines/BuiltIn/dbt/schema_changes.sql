{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') %}
    {% if on_schema_change not in ['sync_all_columns', 'append_new_columns', 'fail', 'ignore'] %}
        {% do log('Invalid value for on_schema_change (' ~ on_schema_change ~ ') specified. Setting default value of ' ~ default ~ '.') %}
        {{ return(default) }}
    {% endif %}
    {{ return(on_schema_change) }}
{% endmacro %}

{% macro diff_columns(source_columns, target_columns) %}
    {% set names = target_columns | map(attribute='column') | map('lower') | list %}
    {% set found = [] %}
    {% for column in source_columns if (column.column | lower) not in names %}
        {% do found.append(column) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{% macro diff_column_data_types(source_columns, target_columns) %}
    {{ return(adapter.dispatch('diff_column_data_types', 'dbt')(source_columns, target_columns)) }}
{% endmacro %}

{% macro default__diff_column_data_types(source_columns, target_columns) %}
    {% set found = [] %}
    {% for new in source_columns %}
        {% set old = target_columns | selectattr('name', 'equalto', new.name) | list | first %}
        {% if old and new.data_type != old.data_type and not old.can_expand_to(other_column=new) %}
            {% do found.append({'column_name': old.name, 'new_type': new.data_type}) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{% macro check_for_schema_changes(source_relation, target_relation) %}
    {% set source_columns = adapter.get_columns_in_relation(source_relation) %}
    {% set target_columns = adapter.get_columns_in_relation(target_relation) %}
    {% set added = diff_columns(source_columns, target_columns) %}
    {% set gone = diff_columns(target_columns, source_columns) %}
    {% set retyped = diff_column_data_types(source_columns, target_columns) %}
    {{ return({
        'schema_changed': (added or gone or retyped) | length > 0,
        'source_not_in_target': added,
        'target_not_in_source': gone,
        'source_columns': source_columns,
        'target_columns': target_columns,
        'new_target_types': retyped,
    }) }}
{% endmacro %}

{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) %}
    {% set added = schema_changes_dict['source_not_in_target'] %}
    {% if on_schema_change == 'append_new_columns' %}
        {% if added | length > 0 %}
            {% do alter_relation_add_remove_columns(target_relation, added, none) %}
        {% endif %}
    {% elif on_schema_change == 'sync_all_columns' %}
        {% set gone = schema_changes_dict['target_not_in_source'] %}
        {% if added | length > 0 or gone | length > 0 %}
            {% do alter_relation_add_remove_columns(target_relation, added, gone) %}
        {% endif %}
        {% for change in schema_changes_dict['new_target_types'] %}
            {% do alter_column_type(target_relation, change['column_name'], change['new_type']) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{% macro process_schema_changes(on_schema_change, source_relation, target_relation) %}
    {% if on_schema_change == 'ignore' %}
        {{ return({}) }}
    {% endif %}
    {% set changes = check_for_schema_changes(source_relation, target_relation) %}
    {% if changes['schema_changed'] %}
        {% if on_schema_change == 'fail' %}
            {% set message %}
The source and target schemas on this incremental model are out of sync!
They can be reconciled in several ways:
  - set the `on_schema_change` config to either append_new_columns or sync_all_columns, depending on your situation.
  - Re-run the incremental model with `full_refresh: True` to update the target schema.
  - update the schema manually and re-run the process.

Additional troubleshooting context:
   Source columns not in target: {{ changes['source_not_in_target'] }}
   Target columns not in source: {{ changes['target_not_in_source'] }}
   New column types: {{ changes['new_target_types'] }}
            {% endset %}
            {% do exceptions.raise_compiler_error(message) %}
        {% else %}
            {% do sync_column_schemas(on_schema_change, target_relation, changes) %}
        {% endif %}
    {% endif %}
    {{ return(changes['source_columns']) }}
{% endmacro %}
