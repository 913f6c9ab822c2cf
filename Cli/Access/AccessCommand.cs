using System.CommandLine;

namespace LakeAspire.Cli.Access;

/// <summary><c>lake access</c>: who there is, who may do what, and what was decided.</summary>
internal static class AccessCommand
{
    public static Command Create() => new("access", "Users, services, groups and roles; grants; API keys; row filters and masks; the audit log.")
    {
        PrincipalCommands.List(), PrincipalCommands.Add(), PrincipalCommands.Remove(), PrincipalCommands.Join(), PrincipalCommands.Leave(), PrincipalCommands.Password(),
        GrantCommands.List(), GrantCommands.Grant(), GrantCommands.Revoke(), GrantCommands.Check(),
        KeyCommands.List(), KeyCommands.Make(), KeyCommands.Rotate(), KeyCommands.Revoke(),
        PolicyCommands.Create(), AuditCommand.Create(),
    };
}
