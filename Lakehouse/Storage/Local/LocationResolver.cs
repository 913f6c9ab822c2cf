using System.Text;
using Lakehouse.Formats;

namespace Lakehouse.Storage.Local;

/// <summary>Maps locations below a root to paths below a folder, and refuses whatever would lead out of it.</summary>
internal sealed class LocationResolver
{
    /// <summary>Folder directly below the root in which objects are written aside; no location reaches it.</summary>
    public const string StagingName = ".lakeaspire-staging";

    readonly bool followsLinks;

    /// <param name="root">Location of the folder; <c>file:///</c> is the whole file system.</param>
    /// <param name="followsLinks">Whether symbolic links are followed: for reading what the user of this machine may read anyway.</param>
    public LocationResolver(string root, bool followsLinks = false)
    {
        this.followsLinks = followsLinks;
        Root = root == WholeFileSystem ? "file://" : root.TrimEnd('/');
        Folder = root == WholeFileSystem ? "/" : LocalPath.FromLocation(root);
    }

    const string WholeFileSystem = "file:///";

    public string Root { get; }

    public string Folder { get; }

    public string Staging => Path.Combine(Folder, StagingName);

    /// <summary>The path of an object. Checks every existing folder on the way: none may be a symbolic link.</summary>
    public string PathOf(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (!location.StartsWith(Root, StringComparison.Ordinal) || location.Length <= Root.Length + 1 || location[Root.Length] != '/')
        {
            throw Denied(location, $"is not below '{Root}'");
        }

        var path = Folder;
        var first = true;
        foreach (var segment in location[(Root.Length + 1)..].Split('/'))
        {
            var name = LocalPath.DecodeSegment(segment, location);
            if (first && name == StagingName)
            {
                throw Denied(location, "is reserved");
            }

            first = false;
            path = Path.Combine(path, name);
            if (!followsLinks && new FileInfo(path).LinkTarget is not null)
            {
                throw Denied(location, "leads through a symbolic link");
            }
        }

        return path;
    }

    /// <summary>Name of a file or folder as it stands in a location.</summary>
    public static string Encode(string name)
    {
        var text = new StringBuilder(name.Length);
        LocalPath.EncodeSegment(name, text);
        return text.ToString();
    }

    static LakehouseException Denied(string location, string why) => new(LakehouseErrorKind.Denied, $"location '{location}' {why}");
}
