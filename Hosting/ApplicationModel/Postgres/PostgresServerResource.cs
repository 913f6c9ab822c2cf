namespace Aspire.Hosting.ApplicationModel;

/// <summary>A PostgreSQL server.</summary>
public class PostgresServerResource(string name, ParameterResource? userName, ParameterResource password)
    : Resource(name), IResourceWithEnvironment, IResourceWithEndpoints, IResourceWithWaitSupport, IResourceWithConnectionString
{
    internal const string PrimaryEndpointName = "tcp";
    internal const string DefaultUserName = "postgres";

    readonly List<PostgresDatabaseResource> databases = [];

    /// <summary>Where it listens.</summary>
    public EndpointReference PrimaryEndpoint => new(this, PrimaryEndpointName);

    /// <summary>The superuser's name, if it is not <c>postgres</c>.</summary>
    public ParameterResource? UserNameParameter { get; } = userName;

    /// <summary>The superuser's password.</summary>
    public ParameterResource PasswordParameter { get; } = password;

    /// <summary>The databases in it.</summary>
    public IReadOnlyList<PostgresDatabaseResource> Databases => databases;

    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"Host={PrimaryEndpoint.Property(EndpointProperty.Host)};Port={PrimaryEndpoint.Property(EndpointProperty.Port)};Username={UserName};Password={PasswordParameter}");

    internal ReferenceExpression UserName =>
        UserNameParameter is null ? ReferenceExpression.Create($"{DefaultUserName}") : ReferenceExpression.Create($"{UserNameParameter}");

    /// <inheritdoc />
    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() =>
    [
        new("Host", ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Host)}")),
        new("Port", ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Port)}")),
        new("Username", UserName),
        new("Password", ReferenceExpression.Create($"{PasswordParameter}")),
    ];

    internal void Add(PostgresDatabaseResource database) => databases.Add(database);

    /// <summary>The server with a database, as the value of <c>{NAME}_URI</c>.</summary>
    internal ReferenceExpression UriOf(string database) => ReferenceExpression.Create(
        $"postgresql://{UserName}:{PasswordParameter:uri}@{PrimaryEndpoint.Property(EndpointProperty.Host)}:{PrimaryEndpoint.Property(EndpointProperty.Port)}/{Uri.EscapeDataString(database)}");

    internal ReferenceExpression JdbcOf(string database) => ReferenceExpression.Create(
        $"jdbc:postgresql://{PrimaryEndpoint.Property(EndpointProperty.Host)}:{PrimaryEndpoint.Property(EndpointProperty.Port)}/{Uri.EscapeDataString(database)}");
}

/// <summary>A database in a PostgreSQL server.</summary>
public class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource postgresParentResource)
    : Resource(name), IResourceWithParent<PostgresServerResource>, IResourceWithConnectionString
{
    /// <inheritdoc />
    public PostgresServerResource Parent { get; } = postgresParentResource;

    /// <summary>Its name in the server.</summary>
    public string DatabaseName { get; } = databaseName;

    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent};Database={DatabaseName}");

    /// <inheritdoc />
    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() =>
    [
        .. ((IResourceWithConnectionString)Parent).GetConnectionProperties(),
        new("Uri", Parent.UriOf(DatabaseName)),
        new("JdbcConnectionString", Parent.JdbcOf(DatabaseName)),
        new("DatabaseName", ReferenceExpression.Create($"{DatabaseName}")),
    ];
}
