using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using VideoConcepts.Explorer;
using VideoConcepts.Search;
using VideoConcepts.Tests.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Explorer;

/// <summary>A library of six small videos in two classes, with the explorer open.</summary>
internal sealed class ExploredLibrary : IAsyncDisposable
{
    private readonly WorkFolder _work = new();
    private readonly SecondsClock _clock = new();
    private ExplorerServer? _server;

    private ExploredLibrary()
    {
        using AnalysisLibrary library = new(File);
        for (int v = 0; v < 6; v++)
            library.Add($"{(v < 3 ? "day" : "night")}/{v}.mp4",
                [.. Enumerable.Range(0, 8).Select(i => (100 * (v / 3)) + i + v)],
                v == 5 ? VideoKind.Frames : VideoKind.File, i => (i / 4) + (v / 3));
    }

    public string File => _work["library.db"];

    public WorkFolder Work => _work;

    public HttpClient Client { get; private set; } = new();

    public Uri Address => _server!.Address;

    public static async Task<ExploredLibrary> OpenAsync(Func<ExplorerOptions, ExplorerOptions>? change = null)
    {
        var opened = new ExploredLibrary();
        await opened.StartAsync(change);
        return opened;
    }

    /// <summary>Ends the explorer, and opens it again.</summary>
    public async Task StartAsync(Func<ExplorerOptions, ExplorerOptions>? change = null)
    {
        if (_server is not null) await EndAsync();
        var options = new ExplorerOptions { Library = File, Port = 0 };
        _server = await ExplorerServer.StartAsync(change?.Invoke(options) ?? options, clock: _clock);
        Client.Dispose();
        Client = new HttpClient { BaseAddress = new Uri(_server.Address, "/") };
    }

    /// <summary>A while goes by.</summary>
    public void Wait() => _clock.Seconds += 10;

    /// <summary>Ends the explorer.</summary>
    public async Task EndAsync()
    {
        await _server!.DisposeAsync();
        _server = null;
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        using HttpResponseMessage answer = await Client.GetAsync(new Uri("api/" + path, UriKind.Relative), Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    public async Task<(int Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, "api/" + path);
        request.Headers.Add("X-VideoConcepts", "1");
        request.Headers.ExpectContinue = true; // a body that is refused is not sent
        if (body is not null)
            request.Content = new StringContent(System.Text.Json.JsonSerializer.Serialize(body), Encoding.UTF8,
                new MediaTypeHeaderValue("application/json"));
        using HttpResponseMessage answer = await Client.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        return ((int)answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        _work.Dispose();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private sealed class SecondsClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
