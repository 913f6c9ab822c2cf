using LakeAspire.ServiceDefaults;
using LakeAspire.Transform.Landing;
using LakeAspire.Transform.Pipelines;
using LakeAspire.Transform.Publishing;
using LakeAspire.Transform.Upkeep;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipelines();
builder.Services.AddLanding();
builder.AddPublishing();
builder.AddUpkeep();
var app = builder.Build();
app.UseServiceDefaults();
await app.RunAsync();
