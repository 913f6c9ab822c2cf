using LakeAspire.ServiceDefaults;
using LakeAspire.Transform.Landing;
using LakeAspire.Transform.Pipelines;
using LakeAspire.Transform.Publishing;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipelines();
builder.Services.AddLanding();
builder.AddPublishing();
var app = builder.Build();
app.UseServiceDefaults();
await app.RunAsync();
