namespace LakeAspire.Architecture.Tests;

/// <summary>Formats and Jinja are pure code: they are handed what they read with.</summary>
public class PurityTests
{
    static readonly string[] Doors =
    [
        "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.Directory", "System.IO.DirectoryInfo", 
        "System.IO.RandomAccess", "System.IO.MemoryMappedFiles.MemoryMappedFile", "System.Diagnostics.Process", "System.Console",
    ];

    // Codecs that the base class library lacks; pure code themselves.
    static readonly string[] Codecs = ["Lakehouse.Compression.Snappy", "Lakehouse.Compression.Zstandard"];

    [Theory]
    [InlineData("Lakehouse.Compression.Snappy")]
    [InlineData("Lakehouse.Compression.Zstandard")]
    [InlineData("Lakehouse.Formats")]
    [InlineData("Lakehouse.Jinja")]
    public void It_opens_no_file_socket_or_process(string assembly)
    {
        var used = Assemblies.TypesUsedBy(PathOf(assembly));
        Assert.NotEmpty(used);
        Assert.DoesNotContain(used, type => Doors.Contains(type, StringComparer.Ordinal));
        Assert.DoesNotContain(used, type => type.StartsWith("System.Net.", StringComparison.Ordinal) && !type.StartsWith("System.Net.WebUtility", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Lakehouse.Compression.Snappy")]
    [InlineData("Lakehouse.Compression.Zstandard")]
    [InlineData("Lakehouse.Formats")]
    [InlineData("Lakehouse.Jinja")]
    public void It_references_the_base_class_library_alone(string assembly) =>
        Assert.All(Assemblies.ReferencedBy(PathOf(assembly)).Except(Codecs, StringComparer.Ordinal), name => Assert.StartsWith("System.", name, StringComparison.Ordinal));

    [Fact]
    public void The_check_sees_a_door_that_is_used() =>
        Assert.Contains(Assemblies.TypesUsedBy(PathOf("LakeAspire.Architecture.Tests")), type => type == "System.IO.Directory");

    static string PathOf(string assembly) => Path.Combine(AppContext.BaseDirectory, assembly + ".dll");
}
