using LakeAspire.Testing;
using Lakehouse.Formats;
using Lakehouse.Rules.Contracts;
using Lakehouse.Sources.Declarations;

namespace Lakehouse.Sources.Tests.Declarations;

public sealed class DeclarationReaderTests
{
    [Fact]
    public void The_sample_declares_bronze_as_its_document_has_it()
    {
        var declaration = DeclarationReader.Read(File.ReadAllText(Repository.PathOf("samples", "watchlog", "sources", "watchlog.yml")), "watchlog.yml");

        Assert.Equal("bronze.watchlog", declaration.Table.ToString());
        Assert.Equal("bronze.watchlog__quarantine", declaration.Quarantine.ToString());
        Assert.Equal(
            "Index string, Type string, Id string, Score long, AppName string, Contract string, Mac string, TotalDuration long, Date date",
            string.Join(", ", declaration.Contract.ToSchema().Fields.Select(f => $"{f.Name} {f.Type}")));
        Assert.Equal(Enumerable.Range(1, 9), declaration.Contract.ToSchema().Fields.Select(f => f.Id));
        Assert.Equal("_source.AppName", declaration.Contract.Columns[4].Origin.ToString());
        Assert.Equal(new FileNameOrigin(@"(\d{8})", ElseIngestionDate: true), declaration.Contract.Columns[8].Origin);
        Assert.Equal("%Y%m%d", declaration.Contract.Columns[8].Format);
    }

    [Fact]
    public void All_kinds_of_columns_are_read()
    {
        var columns = Read("""
            stream: s
            version: 3
            columns:
              - { name: a, type: long, required: true, description: The key }
              - { name: b, type: 'list<struct<x: decimal(10, 2), y: map<string, long>>>', from: [x.y, z] }
              - { name: c, type: string, from_source: event }
              - { name: d, type: long, from_source: position }
              - { name: e, type: string, from_source: name }
              - { name: f, type: timestamptz, from_source: ingested_at }
              - { name: g, type: long, expression: 'a * 2' }
            """).Contract.Columns;

        Assert.Equal((true, "The key"), (columns[0].Required, columns[0].Doc));
        Assert.Equal(new FieldOrigin(["a"]), columns[0].Origin);
        Assert.Equal(new FieldOrigin(["x.y", "z"]), columns[1].Origin);
        Assert.Equal("list<struct<x: decimal(10, 2), y: map<string, long>>>", columns[1].Type.ToString());
        Assert.Equal([new EventOrigin(), new PositionOrigin(), new SourceOrigin(), new IngestedAtOrigin(), new ExpressionOrigin("a * 2")], columns.Skip(2).Select(c => c.Origin));
    }

    [Theory]
    [InlineData("stream: s", 1, "'columns' is missing")]
    [InlineData("columns: []", 1, "'stream' is missing")]
    [InlineData("stream: S\ncolumns: []", 1, "lower-case")]
    [InlineData("stream: s__quarantine\ncolumns: []", 1, "does not end with __quarantine")]
    [InlineData("stream: s\ncolumns: []", 2, "at least one column")]
    [InlineData("stream: s\ncolumns: 5", 2, "at least one column")]
    [InlineData("stream: s\ntable: silver.s\ncolumns:\n  - {name: a, type: long}", 2, "fills the table bronze.s")]
    [InlineData("stream: s\ntable: s\ncolumns:\n  - {name: a, type: long}", 2, "not a table name")]
    [InlineData("stream: s\nsteam: x\ncolumns:\n  - {name: a, type: long}", 2, "'steam' is not known here")]
    [InlineData("stream: s\nversion: 0\ncolumns:\n  - {name: a, type: long}", 2, "whole number above 0")]
    [InlineData("stream: s\ncolumns:\n  - a", 3, "a column is a mapping")]
    [InlineData("stream: s\ncolumns:\n  - {name: a}", 3, "'type' is missing")]
    [InlineData("stream: s\ncolumns:\n  - name: a\n    type: lung", 4, "type 'lung' is not known")]
    [InlineData("stream: s\ncolumns:\n  - name: a\n    type: list<long", 4, "is not known")]
    [InlineData("stream: s\ncolumns:\n  - name: a\n    type: map<long>", 4, "map<key type, value type>")]
    [InlineData("stream: s\ncolumns:\n  - name: a\n    type: variant", 4, "cannot be filled from events")]
    [InlineData("stream: s\ncolumns:\n  - {name: a, type: long}\n  - {name: A, type: long}", 4, "declared twice")]
    [InlineData("stream: s\ncolumns:\n  - {name: _lake_a, type: long}", 3, "does not begin with _lake_")]
    [InlineData("stream: s\ncolumns:\n  - {name: a, type: long, from: x, expression: y}", 3, "both from and expression")]
    [InlineData("stream: s\ncolumns:\n  - {name: a, type: long, from: x..y}", 3, "a path into the event")]
    [InlineData("stream: s\ncolumns:\n  - {name: a, type: long, expression: '1'}", 3, "over the columns before it")]
    [InlineData("stream: s\ncolumns:\n  - {name: a, type: long, from_source: size}", 3, "one of event, name")]
    [InlineData("stream: s\ncolumns:\n  - {name: a, type: date, from_file_name: '\\d+'}", 3, "needs a group")]
    [InlineData("stream: s\ncolumns:\n  - {name: a, type: date, from_file_name: '(a'}", 3, "no usable regular expression")]
    [InlineData("stream: s\ncolumns:\n  - {name: a, type: date, from_file_name: '(?=a)(b)'}", 3, "no usable regular expression")]
    [InlineData("stream: s\ncolumns:\n  - {name: a, type: date, from_file_name: '(\\d+)', else: today}", 3, "else can be ingestion_date")]
    [InlineData("stream: s\ncolumns:\n  - {name: a, type: long, else: ingestion_date}", 3, "else goes with from_file_name")]
    [InlineData("stream: s\ncolumns:\n  - {name: a, type: long, format: '%Y'}", 3, "a format goes with")]
    [InlineData("stream: s\ncolumns:\n  - {name: a, type: long, required: yes}", 3, "true or false")]
    [InlineData("stream: s\ncolumns:\n  - {name: a, type: long", 4, "flow mapping")]
    [InlineData("- a", 1, "one YAML mapping")]
    [InlineData("", 1, "one YAML mapping")]
    public void Errors_name_the_file_and_the_line(string yaml, int line, string words)
    {
        var error = Assert.Throws<LakehouseException>(() => Read(yaml));

        Assert.Equal(LakehouseErrorKind.InvalidData, error.Kind);
        Assert.StartsWith($"sources/s.yml:{line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_declaration_stops_its_stream_and_no_other()
    {
        using var temp = new TempFolder();
        foreach (var (project, file, text) in new[]
        {
            ("one", "good.yml", "stream: good\ncolumns:\n  - {name: a, type: long}"), ("one", "bad.yml", "stream: bad"), ("one", "misnamed.yml", "stream: other\ncolumns:\n  - {name: a, type: long}"),
            ("one", "twice.yml", "stream: twice\ncolumns:\n  - {name: a, type: long}"), ("two", "twice.yml", "stream: twice\ncolumns:\n  - {name: a, type: long}"),
        })
        {
            Directory.CreateDirectory(temp.Below(project, "sources"));
            File.WriteAllText(temp.Below(project, "sources", file), text);
        }

        var streams = DeclaredStreams.Load([temp.Below("one"), temp.Below("two"), temp.Below("absent")]);

        Assert.NotNull(Find("good")!.File);
        Assert.Null(Find("undeclared")!.File);
        Assert.Equal(["event", "_source", "_position", "_ingested_at"], Find("undeclared")!.Contract.Columns.Select(c => c.Name));
        Assert.All(["bad", "other", "twice"], name => Assert.Null(Find(name)));
        Assert.Contains("bad.yml:1: 'columns' is missing", streams.Problems["bad"], StringComparison.Ordinal);
        Assert.Contains("the file's name must be other.yml", streams.Problems["other"], StringComparison.Ordinal);
        Assert.Contains("is declared by", streams.Problems["twice"], StringComparison.Ordinal);

        StreamDeclaration? Find(string name) => streams.Find(StreamName.TryParse(name, out var stream) ? stream : default);
    }

    static StreamDeclaration Read(string yaml) => DeclarationReader.Read(yaml, "sources/s.yml");
}
