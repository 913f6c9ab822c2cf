using LakeAspire.Ingest;
using LakeAspire.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddIngest();
var app = builder.Build();
app.UseServiceDefaults();
app.MapIngest();
await app.RunAsync();
