using LakeAspire.Query;
using LakeAspire.Query.Policies;
using LakeAspire.Query.Sql;
using LakeAspire.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddQueries();
var app = builder.Build();
app.UseServiceDefaults();
SqlEndpoint.Map(app);
PolicyCheck.Map(app);
await app.RunAsync();
