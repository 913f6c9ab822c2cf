using LakeAspire.Portal.Access;
using LakeAspire.Portal.Home;
using LakeAspire.Portal.Lake;
using LakeAspire.Portal.Layout;
using LakeAspire.Portal.Sql;
using LakeAspire.ServiceDefaults;
using LakeAspire.ServiceDefaults.Discovery;

// What is served lies beside the program, whatever the folder that it was started in.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.WebHost.UseStaticWebAssets();
builder.AddServiceDefaults();
builder.AddPortalAccess();
builder.Services.AddServiceClient(ServiceCalls.Catalog, asService: false);
builder.Services.AddServiceClient(ServiceCalls.Query, asService: false);
builder.Services.AddSingleton<ServiceCalls>();
builder.Services.AddSingleton<EventsPerDay>();
builder.Services.AddScoped<LakeApi>();
builder.Services.AddScoped<LakeAspire.Portal.Recovery.RecoveryApi>();
builder.Services.AddScoped<AccessApi>();
builder.Services.AddScoped<LakeAspire.Portal.Branches.BranchesApi>();
builder.Services.AddScoped<LakeFeed>();
builder.Services.AddScoped<BrowserTab>();
builder.Services.AddScoped<LakeAspire.Portal.Access.Leaving>();
builder.Services.AddCascadingAuthenticationState();
builder.Services.AddRazorComponents().AddInteractiveServerComponents(options => options.DisconnectedCircuitMaxRetained = 20)
    .AddHubOptions(options => options.MaximumReceiveMessageSize = 1 << 20);

var app = builder.Build();
app.UseSecurityHeaders();
app.UseMiddleware<OriginGuard>();
app.UseServiceDefaults();
app.UseAntiforgery();
app.MapPortalAssets();
app.MapSignIn();
app.MapOpenId();
app.MapEndpoints();
app.MapSqlDownload();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
await app.RunAsync();
