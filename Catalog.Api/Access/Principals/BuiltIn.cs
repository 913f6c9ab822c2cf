namespace LakeAspire.Catalog.Access.Principals;

/// <summary>What every catalog has from its first start.</summary>
internal static class BuiltIn
{
    /// <summary>The role whose members may do everything.</summary>
    public static readonly Guid Administrators = new("00000000-0000-4000-8000-000000000001");

    public const string AdministratorsName = "administrators";

    /// <summary>Who is named in the audit log when nobody asked: the catalog itself.</summary>
    public const string Itself = "lakeaspire";
}
