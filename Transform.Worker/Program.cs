using LakeAspire.ServiceDefaults;
using LakeAspire.Transform.Landing;
using LakeAspire.Transform.Pipelines;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipelines();
builder.Services.AddLanding();
var app = builder.Build();
app.UseServiceDefaults();
await app.RunAsync();
