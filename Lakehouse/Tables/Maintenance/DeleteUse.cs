using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Maintenance;

/// <summary>Which data files each delete file of a snapshot may apply to.</summary>
sealed class DeleteUse
{
    readonly Dictionary<(string Location, long? Offset), int> users = [];

    public DeleteUse(IEnumerable<ScanFile> files)
    {
        foreach (var delete in files.SelectMany(file => file.Deletes))
        {
            users[KeyOf(delete.File)] = users.GetValueOrDefault(KeyOf(delete.File)) + 1;
        }
    }

    /// <summary>Whether it applies to some data file.</summary>
    public bool IsUsed(DataFile delete) => users.ContainsKey(KeyOf(delete));

    /// <summary>The delete files that apply to none but these data files.</summary>
    public IReadOnlyList<DataFile> OnlyOf(IReadOnlyCollection<ScanFile> files) =>
    [
        .. files.SelectMany(file => file.Deletes).GroupBy(delete => KeyOf(delete.File)).Where(group => group.Count() == users.GetValueOrDefault(group.Key)).Select(group => group.First().File),
    ];

    static (string, long?) KeyOf(DataFile delete) => (TableLocations.Normalize(delete.FilePath), delete.ContentOffset);
}
