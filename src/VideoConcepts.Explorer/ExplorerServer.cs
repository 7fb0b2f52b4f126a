using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace VideoConcepts.Explorer;

/// <summary>
/// Shows a library in a browser: a web server on this computer, with pages that take nothing from anywhere else.
/// Disposing ends it.
/// </summary>
public sealed class ExplorerServer : IAsyncDisposable
{
    private const int FirstPort = 8080, Ports = 20;
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(2); // of a request

    private readonly WebApplication _application;
    private readonly ExplorerLibrary _library;

    private ExplorerServer(WebApplication application, ExplorerLibrary library, Uri address, bool isReadOnly) =>
        (_application, _library, Address, IsReadOnly) = (application, library, address, isReadOnly);

    /// <summary>Where the pages are; with the token, where one is needed.</summary>
    public Uri Address { get; }

    /// <summary>Whether names and tags stay as they are.</summary>
    public bool IsReadOnly { get; }

    /// <summary>How answers are written.</summary>
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    /// <summary>Opens the library and begins to answer.</summary>
    /// <param name="options">What is shown, and where.</param>
    /// <param name="work">Told what is worth knowing.</param>
    /// <param name="clock">What time it is.</param>
    /// <param name="stop">Ends the start.</param>
    /// <exception cref="BadInputException">There is no such library, it is damaged, or the port is taken.</exception>
    public static async Task<ExplorerServer> StartAsync(ExplorerOptions options, WorkContext? work = null,
        TimeProvider? clock = null, CancellationToken stop = default)
    {
        options.Validate();
        work ??= new();
        work.RefuseSeveral("The explorer");
        var library = new ExplorerLibrary(options, work, clock ?? TimeProvider.System);
        try
        {
            ExplorerGuard guard = ExplorerGuard.Of(options.Host);
            int[] ports = options.Port is { } one ? [one] : [.. Enumerable.Range(FirstPort, Ports)];
            foreach (int port in ports)
            {
                WebApplication application = Make(options, library, guard, port);
                try
                {
                    await application.StartAsync(stop).ConfigureAwait(false);
                    string bound = application.Services.GetRequiredService<IServer>().Features
                        .Get<IServerAddressesFeature>()!.Addresses.First();
                    return new(application, library, guard.Opened(new Uri(bound).Port), library.IsReadOnly);
                }
                catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
                {
                    await application.DisposeAsync().ConfigureAwait(false);
                    if (port == ports[^1])
                        throw new BadInputException(options.Port is null
                            ? $"The ports {FirstPort} to {port} are taken; give another one with ‹port›."
                            : $"‹port› {port} is taken; give another one, or 0 for any.");
                }
                catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException)
                {
                    await application.DisposeAsync().ConfigureAwait(false);
                    throw new BadInputException($"‹host› {options.Host}: cannot be listened at ({e.Message}).");
                }
            }
            throw new InvalidOperationException("there is always a port to try");
        }
        catch
        {
            library.Dispose();
            throw;
        }
    }

    /// <summary>Waits until it is ended.</summary>
    public Task WaitAsync(CancellationToken stop) => Task.Delay(Timeout.Infinite, stop);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using (var soon = new CancellationTokenSource(TimeSpan.FromSeconds(3)))
            try
            {
                await _application.StopAsync(soon.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // who still asked is cut off
            }
        await _application.DisposeAsync().ConfigureAwait(false);
        _library.Dispose();
    }

    /// <exception cref="BadInputException">Nobody knows the name.</exception>
    private static IPAddress AddressOf(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host)[0];
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new BadInputException($"‹host› {host}: {e.Message}; give a name or an address of this computer.");
        }
    }

    private static WebApplication Make(ExplorerOptions options, ExplorerLibrary library, ExplorerGuard guard, int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 400;
            kestrel.Limits.MaxRequestBodySize = 4 << 20;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            kestrel.Limits.MaxRequestLineSize = 16 << 10;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(10_000, TimeSpan.FromSeconds(10));
            Action<ListenOptions> http = listen => listen.Protocols = HttpProtocols.Http1;
            if (IPAddress.TryParse(options.Host, out IPAddress? address)) kestrel.Listen(address, port, http);
            else if (guard.IsLoopback && port != 0) kestrel.ListenLocalhost(port, http);
            else if (guard.IsLoopback) kestrel.Listen(IPAddress.Loopback, 0, http);
            else kestrel.Listen(AddressOf(options.Host), port, http);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = s_longest,
            WriteTimeoutResponse = context => context.Response.WriteAsJsonAsync(
                new Refused($"This took longer than {s_longest.TotalMinutes:0} minutes and was given up."), Json),
        });
        builder.Services.AddOpenApi();
        builder.Services.Configure<JsonOptions>(json => json.SerializerOptions.PropertyNamingPolicy =
            JsonNamingPolicy.CamelCase);
        builder.Services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        builder.Services.AddLogging();
        WebApplication application = builder.Build();
        application.Use(guard.CheckAsync);
        application.Use(ExplainAsync);
        application.UseRouting();
        application.UseRequestTimeouts();
        RouteGroupBuilder api = application.MapGroup("/api");
        ConceptApi.Map(api, library);
        MapApi.Map(api, library);
        SearchApi.Map(api, library);
        VideoApi.Map(api, library, options.Opening.Ffmpeg);
        AnalysisApi.Map(api, library);
        TagApi.Map(api, library);
        application.MapOpenApi("/api/openapi.json");
        ExplorerPages.Map(application);
        application.UseEndpoints(_ => { });
        return application;

        // What is wrong is said in one sentence; what is our own fault goes to the log.
        async Task ExplainAsync(HttpContext context, RequestDelegate next)
        {
            (int status, string said) = (0, "");
            try
            {
                await next(context);
                return;
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                return; // nobody waits any more
            }
            catch (RefusedException e)
            {
                (status, said) = (e.Status, e.Message);
            }
            catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
            {
                (status, said) = (e.StatusCode, "This request cannot be read.");
            }
            catch (BadInputException e)
            {
                (status, said) = (400, e.Message);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                library.Work.Logger.LogError(e, "{Path}: {Message}", context.Request.Path, e.Message);
                (status, said) = (500, "The explorer failed here; its window says why.");
            }
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }
            context.Response.StatusCode = status;
            await context.Response.WriteAsJsonAsync(new Refused(said), Json);
        }
    }
}
