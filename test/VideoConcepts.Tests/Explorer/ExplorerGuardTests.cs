using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VideoConcepts.Tests.Explorer;

/// <summary>Who may ask, and what nobody gets.</summary>
public sealed class ExplorerGuardTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_OfOtherPages_AreRefused()
    {
        await using ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        string own = explored.Address.GetLeftPart(UriPartial.Authority);
        (await Status("GET /api/library", $"Host: {explored.Address.Authority}")).ShouldBe(200);
        (await Status("GET /api/library", "Host: evil.example:" + explored.Address.Port)).ShouldBe(421);
        (await Status("GET /", "Host: evil.example:" + explored.Address.Port)).ShouldBe(421); // DNS rebinding
        (await Status("GET /api/library", $"Host: localhost:{explored.Address.Port + 1}")).ShouldBe(421);
        (await Status("GET /api/library", "Host: ")).ShouldBeInRange(400, 421);
        (await Status("GET /api/library", $"Host: {explored.Address.Authority}", "Origin: http://evil.example"))
            .ShouldBe(403);
        (await Status("GET /api/points", $"Host: {explored.Address.Authority}", "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Mode: no-cors")).ShouldBe(403);
        (await Status("POST /api/changes/1/undo", $"Host: {explored.Address.Authority}", "Content-Length: 0"))
            .ShouldBe(403); // what a form can send
        (await Status("POST /api/changes/1/undo", $"Host: {explored.Address.Authority}", "Content-Length: 0",
            "X-VideoConcepts: 1", "Origin: null")).ShouldBe(403);
        (await Status("POST /api/changes/1/undo", $"Host: {explored.Address.Authority}", "Content-Length: 0",
            "X-VideoConcepts: 1", $"Origin: {own}")).ShouldBe(404); // there is no such change

        async Task<int> Status(string line, params string[] headers)
        {
            string answer = await Raw(explored.Address, $"{line} HTTP/1.1\r\n{string.Join("\r\n", headers)}\r\n"
                + "Connection: close\r\n\r\n");
            return int.Parse(answer.Split(' ')[1]);
        }
    }

    [Fact]
    public async Task Pages_TakeNothingFromElsewhere()
    {
        await using ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        using HttpResponseMessage page = await explored.Client.GetAsync(new Uri("video/3", UriKind.Relative), Stop);
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        string policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("default-src 'none'");
        policy.ShouldNotContain("unsafe");
        page.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        string html = await page.Content.ReadAsStringAsync(Stop);
        html.ShouldContain("<title>VideoConcepts</title>");
        foreach (string other in (string[])["http:", "https:", "<script>", " style=", "onload"])
            html.ShouldNotContain(other);
    }

    [Fact]
    public async Task OtherHosts_NeedTheToken()
    {
        await using ExploredLibrary explored =
            await ExploredLibrary.OpenAsync(options => options with { Host = "0.0.0.0" });
        explored.Address.Query.ShouldMatch("^\\?token=[0-9a-f]{32}$");
        var local = new Uri($"http://127.0.0.1:{explored.Address.Port}/");
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = local };
        (await client.GetAsync(new Uri("api/library", UriKind.Relative), Stop)).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized);
        (await client.GetAsync(new Uri("/?token=00000000000000000000000000000000", UriKind.Relative), Stop)).StatusCode
            .ShouldBe(HttpStatusCode.Unauthorized);
        HttpResponseMessage opened =
            await client.GetAsync(new Uri("/" + explored.Address.Query, UriKind.Relative), Stop);
        opened.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        opened.Headers.Location!.ToString().ShouldBe("/"); // the token leaves the address
        opened.Headers.GetValues("Set-Cookie").Single().ShouldContain("httponly");
        opened.Headers.GetValues("Set-Cookie").Single().ShouldContain("samesite=strict");
        (await client.GetAsync(new Uri("api/library", UriKind.Relative), Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("no.such.host.invalid", 0, "host")]
    [InlineData("203.0.113.7", 0, "host")]
    [InlineData("a/b", 0, "host")]
    [InlineData("localhost", 65536, "port")]
    public async Task Start_WhereNothingCanBeListenedAt_IsRefused(string host, int port, string option)
    {
        await using ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        (await Should.ThrowAsync<BadInputException>(() => explored.StartAsync(options => options with
        {
            Host = host,
            Port = port,
        }))).Message.ShouldContain(option, Case.Insensitive);
    }

    [Theory]
    [InlineData("/../../../../etc/passwd")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/vendor/..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("/api/videos/..%2f1/file")]
    [InlineData("/api/videos/1%00/file")]
    [InlineData("/api/strips/../../library.db")]
    [InlineData("/library.db")]
    [InlineData("//etc/passwd")]
    [InlineData("/api/videos/99999999999999999999999/file")]
    [InlineData("/api/search?moment=1&motion=NaN")]
    [InlineData("/api/search?moment=1&top=100000")]
    [InlineData("/api/search?moment=x")]
    [InlineData("/api/search?concept=static:-1")]
    [InlineData("/api/concepts/static/4/moments")]
    [InlineData("/api/map?by=../x")]
    [InlineData("/api/counts?concept=static:1&bin=0")]
    [InlineData("/api/videos/1/preview?from=-1")]
    [InlineData("/api/queries/..")]
    [InlineData("/api/nothing")]
    public async Task Paths_ThatLeadNowhere_AreRefused(string path)
    {
        await using ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        string answer = await Raw(explored.Address, $"GET {path} HTTP/1.1\r\nHost: {explored.Address.Authority}\r\n"
            + "Connection: close\r\n\r\n");
        int.Parse(answer.Split(' ')[1]).ShouldBeInRange(400, 422);
        answer.ShouldNotContain("root:");
        answer.ShouldNotContain("   at "); // no stack trace
    }

    [Fact]
    public async Task Bodies_ThatCannotBeRead_AreRefusedInOneSentence()
    {
        await using ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        foreach ((object body, int status) in ((object, int)[])[(new { tag = "" }, 400), (new { tag = "x" }, 400),
            (new { tag = new string('x', 101), moments = (long[])[1] }, 400),
            (new { tag = "x", moments = (long[])[99] }, 404), (new { tag = "x", moments = "1" }, 400),
            (new { tag = "x", parts = (object[])[new { video = 1, start = 3, end = 2 }] }, 400),
            (new { tag = 7 }, 400)])
        {
            (int said, var answer) = await explored.SendAsync(HttpMethod.Post, "tags", body);
            said.ShouldBe(status);
            answer!["error"]!.ToString().ShouldEndWith(".");
        }
        (await explored.SendAsync(HttpMethod.Post, "tags", new { tag = new string('x', 5 << 20) }))
            .Status.ShouldBe(413);
        (await explored.GetAsync("tags"))["tags"]!.AsArray().ShouldBeEmpty();
    }

    /// <summary>The answer to bytes as they are, which no client makes.</summary>
    internal static async Task<string> Raw(Uri address, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port, Stop);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Stop);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(Stop);
    }
}
