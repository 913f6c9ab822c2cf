namespace Lakehouse.Pipelines.Profiles;

/// <summary>Where to look for profiles, and which target to take.</summary>
/// <param name="ProfilesDir">Folder of <c>profiles.yml</c> (<c>--profiles-dir</c>); null: the project's folder, else <c>~/.dbt</c>.</param>
/// <param name="Profile">Profile (<c>--profile</c>); null: the project's.</param>
/// <param name="Target">Target (<c>--target</c>); null: the profile's own.</param>
public sealed record ProfileOptions(string? ProfilesDir = null, string? Profile = null, string? Target = null);
