// The SQL editor: CodeMirror in a shadow root, where its styles are constructed sheets, which need no exception in our Content-Security-Policy.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history as undoHistory, historyKeymap } from '@codemirror/commands';
import { PostgreSQL, sql } from '@codemirror/lang-sql';
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { functions } from './functions.js';
import { highlighting, look } from './look.js';
import { load, save } from './storage.js';

const draftKey = 'lake-sql-draft';
const historyKey = 'lake-sql-history';
const mostHistory = 50;
// What a circuit's message may hold, with room for its envelope.
const mostText = 900_000;

export function create(host, text, page) {
  const language = new Compartment();
  let saving = 0;
  const view = new EditorView({
    parent: rootOf(host),
    root: host.shadowRoot,
    state: EditorState.create({
      doc: text ?? load(draftKey, ''),
      extensions: [
        // Before all others, since Enter with Ctrl is a blank line otherwise.
        Prec.highest(keymap.of([{ key: 'Mod-Enter', preventDefault: true, run: () => (page.invokeMethodAsync('RunFromEditorAsync'), true) }])),
        keymap.of([{ key: 'Tab', run: acceptCompletion }, ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap]),
        lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), undoHistory(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
        autocompletion({ icons: false }), highlightActiveLine(), highlightSelectionMatches(),
        placeholder('select …'),
        language.of(languageOf([])),
        look, syntaxHighlighting(highlighting),
        EditorView.contentAttributes.of({ 'aria-label': 'SQL', spellcheck: 'false' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) {
            clearTimeout(saving);
            saving = setTimeout(() => save(draftKey, view.state.doc.toString()), 300);
          }
        }),
      ],
    }),
  });
  view.focus();
  return {
    /** The selection if there is one, else all. */
    textToRun() {
      const { from, to, empty } = view.state.selection.main;
      return (empty ? view.state.doc.toString() : view.state.sliceDoc(from, to)).slice(0, mostText);
    },
    setTables(tables) {
      view.dispatch({ effects: language.reconfigure(languageOf(tables)) });
    },
    history() {
      return load(historyKey, []).map((entry) => ({ sql: entry.sql.slice(0, 4000), at: entry.at }));
    },
    remember(statement) {
      const others = load(historyKey, []).filter((entry) => entry.sql !== statement);
      save(historyKey, [{ sql: statement, at: Date.now() }, ...others].slice(0, mostHistory));
    },
    /** Puts a statement in place of what is there; undo brings that back. */
    use(statement, menu) {
      const whole = load(historyKey, []).find((entry) => entry.sql.slice(0, 4000) === statement)?.sql ?? statement;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: whole }, selection: { anchor: whole.length } });
      if (menu) {
        menu.open = false;
      }

      view.focus();
    },
    destroy() {
      view.destroy();
    },
  };
}

/** A statement to read, not to change. */
export function show(host, text) {
  const state = (doc) =>
    EditorState.create({
      doc,
      extensions: [
        lineNumbers(), sql({ dialect: PostgreSQL }), look, syntaxHighlighting(highlighting),
        EditorState.readOnly.of(true), EditorView.editable.of(false),
        EditorView.contentAttributes.of({ 'aria-label': 'SQL', tabindex: '0' }),
      ],
    });
  const view = new EditorView({ parent: rootOf(host), root: host.shadowRoot, state: state(text) });
  return {
    update: (newText) => view.setState(state(newText)),
    destroy: () => view.destroy(),
  };
}

function rootOf(host) {
  return host.shadowRoot ?? host.attachShadow({ mode: 'open' });
}

/** Tables as {namespace, name, columns}. DuckDB's grammar is PostgreSQL's with additions, which its words and functions complete. */
function languageOf(tables) {
  const schema = {};
  for (const { namespace, name, columns } of tables) {
    (schema[namespace] ??= {})[name] = columns;
  }

  const options = { dialect: PostgreSQL, schema, upperCaseKeywords: false };
  return [
    sql(options),
    PostgreSQL.language.data.of({ autocomplete: completeFunctions }),
    PostgreSQL.language.data.of({ autocomplete: (context) => completeColumns(context, tables) }),
  ];
}

function completeFunctions(context) {
  const word = context.matchBefore(/\w{2,}/);
  return word && { from: word.from, options: functions, validFor: /^\w*$/ };
}

/** Columns of the tables that the statement names, without their table before them. */
function completeColumns(context, tables) {
  const word = context.matchBefore(/(?<!\.)\b\w+/);
  if (!word && !context.explicit) {
    return null;
  }

  const text = context.state.doc.toString().toLowerCase();
  const named = tables.filter((table) => text.includes(`${table.namespace}.${table.name}`.toLowerCase()));
  const options = named.flatMap((table) => table.columns.map((label) => ({ label, detail: table.name, type: 'property', boost: 5, apply: /^[a-z_][a-z0-9_]*$/.test(label) ? label : `"${label.replaceAll('"', '""')}"` })));
  return options.length > 0 ? { from: word?.from ?? context.pos, options, validFor: /^\w*$/ } : null;
}
