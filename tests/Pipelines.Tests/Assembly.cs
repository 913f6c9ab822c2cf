using LakeAspire.Testing.Postgres;

[assembly: AssemblyFixture(typeof(PostgresServer))]
