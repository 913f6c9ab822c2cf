using Lakehouse.Formats;

namespace Lakehouse.Sources.Declarations;

/// <summary>The streams that some pipeline projects declare.</summary>
public sealed class DeclaredStreams
{
    readonly Dictionary<string, StreamDeclaration> declarations;
    readonly Dictionary<string, string> problems;

    DeclaredStreams(Dictionary<string, StreamDeclaration> declarations, Dictionary<string, string> problems)
    {
        this.declarations = declarations;
        this.problems = problems;
    }

    /// <summary>What is wrong, by stream. Such a stream is not loaded until its declaration is put right: loaded as undeclared, its table would get the wrong columns.</summary>
    public IReadOnlyDictionary<string, string> Problems => problems;

    /// <summary>The declared streams.</summary>
    public IReadOnlyCollection<StreamDeclaration> All => declarations.Values;

    /// <summary>Reads <c>sources/*.yml</c> of each project.</summary>
    /// <param name="projects">Folders of pipeline projects.</param>
    public static DeclaredStreams Load(IEnumerable<string> projects)
    {
        ArgumentNullException.ThrowIfNull(projects);
        var declarations = new Dictionary<string, StreamDeclaration>(StringComparer.Ordinal);
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in projects.Select(p => Path.Combine(p, "sources")).Where(Directory.Exists).SelectMany(FilesOf).Order(StringComparer.Ordinal))
        {
            var stream = Path.GetFileNameWithoutExtension(file);
            try
            {
                var declaration = DeclarationReader.Read(File.ReadAllText(file), file);
                if (declaration.Contract.Stream != stream)
                {
                    problems.TryAdd(declaration.Contract.Stream, $"{file}: it declares the stream {declaration.Contract.Stream}: the file's name must be {declaration.Contract.Stream}.yml");
                }
                else if (!declarations.TryAdd(stream, declaration))
                {
                    problems.TryAdd(stream, $"{file}: the stream {stream} is declared by {declarations[stream].File} too");
                }
            }
            catch (Exception e) when (e is LakehouseException or IOException or UnauthorizedAccessException)
            {
                problems.TryAdd(stream, e.Message);
            }
        }

        return new DeclaredStreams(declarations, problems);
    }

    /// <summary>The declaration of a stream, the one for undeclared streams if there is none; null when there is one and it is wrong.</summary>
    public StreamDeclaration? Find(StreamName stream) =>
        problems.ContainsKey(stream.Value) ? null : declarations.GetValueOrDefault(stream.Value) ?? StreamDeclaration.Undeclared(stream);

    static IEnumerable<string> FilesOf(string folder) =>
        Directory.EnumerateFiles(folder, "*.yml").Concat(Directory.EnumerateFiles(folder, "*.yaml"));
}
