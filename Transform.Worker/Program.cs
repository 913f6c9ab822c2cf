using LakeAspire.ServiceDefaults;
using LakeAspire.Transform.Pipelines;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipelines();
var app = builder.Build();
app.UseServiceDefaults();
await app.RunAsync();
