using System.Text;

namespace VideoConcepts.Tests.Explorer;

/// <summary>What is sent.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="IsLeft">Whether whoever sends it goes away without waiting for an answer.</param>
/// <param name="IsForeign">Whether it names another host, or none: it learns nothing.</param>
internal sealed record HostileRequest(byte[] Bytes, bool IsLeft, bool IsForeign);

/// <summary>Requests as nobody should make them, from a seed: those that the pages make, broken in one to three
/// ways.</summary>
internal sealed class HostileRequests(int seed, string host, string marker)
{
    private static readonly string[] s_reads =
    [
        "/", "/map", "/video/3?t=2", "/explorer.js", "/vendor/uPlot.iife.min.js", "/api/library", "/api/concepts",
        "/api/concepts/static/1/moments?skip=0&take=60", "/api/cells/1/2?take=24", "/api/moments/3",
        "/api/moments/3/map/static", "/api/moments?ids=1,2,3", "/api/strips/3?v=x-1", "/api/points", "/api/map?by=both",
        "/api/strengths/dynamic/2", "/api/search?moment=3&motion=0.5&top=48", "/api/search?concept=static:1&class=day",
        "/api/search?moment=3&from=1&to=5&look=1&tag=x&within=true", "/api/queries/0123456789abcdef0123456789abcdef",
        "/api/queries/0123456789abcdef0123456789abcdef/strip", "/api/videos?skip=0&take=60&text=day", "/api/videos/1",
        "/api/videos/1/file", "/api/videos/1/preview?from=1", "/api/unusual?motion=0.25&top=60&all=false",
        "/api/counts?concept=dynamic:1&bin=5", "/api/counts?tag=x&video=1", "/api/tags",
            "/api/tags/moments?tag=x&skip=0",
        "/api/export/tags.csv", "/api/export/labelled.zip", "/api/openapi.json",
    ];

    private static readonly (string Method, string Path, string Body)[] s_writes =
    [
        ("POST", "/api/tags", """{"tag":"x","moments":[1,2,3],"parts":[{"video":1,"start":0,"end":2}]}"""),
        ("DELETE", "/api/tags", """{"tag":"x","moments":[1],"marks":[1]}"""),
        ("POST", "/api/tags/rename", """{"from":"x","to":"y"}"""),
        ("POST", "/api/tags/rank", """{"tag":"x","part":"both","top":36,"not":[1]}"""),
        ("PUT", "/api/concepts/static/1", """{"name":"rain","hidden":false}"""),
        ("POST", "/api/changes/1/undo", ""),
    ];

    private static readonly string[] s_numbers = ["-1", "0", "7", "4294967296", "2147483648", "-9223372036854775808",
        "99999999999999999999999", "1e400", "NaN", "-Infinity", "0x10", "1%00", "%D9%A1", "", "1.5", "1/../2", "+1",
            "1e9"];

    private static readonly string[] s_climbs = ["../../../canary.txt", "..%2f..%2fcanary.txt",
        "%2e%2e/%2e%2e/canary.txt",
        "..%5c..%5ccanary.txt", "%252e%252e%252fcanary.txt", "..%c0%afcanary.txt", "canary.txt", "/canary.txt",
            "canary.txt%00.js",
        "....//canary.txt", "%2fcanary.txt", "day/../canary.txt", "library.db", "file:///canary.txt",
        ";/../canary.txt"];

    private static readonly string[] s_bodies =
    [
        "null", "[]", "{}", "7", "\"x\"", "\u00ef\u00bb\u00bf{}", """{"tag":"\ud800","moments":[1]}""",
        """{"tag":"x","moments":[1e99]}""", """{"tag":"x","moments":null,"parts":[null]}""",
        """{"tag":"x","parts":[{}]}""",
        """{"tag":"x","parts":[{"video":1,"start":-1e308,"end":1e308}]}""",
        """{"tag":"x","marks":[9223372036854775807]}""",
        """{"tag":"../canary.txt","moments":[1,1,1]}""", """{"tag":"x","tag":"y","moments":[1]}""",
        """{"tag":"x","part":"look","top":-1,"not":[-1]}""", """{"tag":null,"top":2147483648}""",
        """{"from":"x","to":"x"}""", """{"name":"\u0000\u202e","hidden":true}""",
        """{"tag":"x","not":null,"part":null}""",
    ];

    private static readonly string[] s_ranges = ["bytes=99999999-", "bytes=-99999999", "bytes=5-2", "bytes=abc",
        "bytes=-",
        "bytes=0-9223372036854775807", "bytes=9223372036854775808-", "bytes=0-0,2-2,4-4,6-6", "lines=1-2", "bytes=-0"];

    private readonly Random _random = new(seed);

    /// <summary>The next one.</summary>
    public HostileRequest Next()
    {
        (string method, string path, byte[] body) = Begin();
        List<string> headers = [$"Host: {host}", "X-VideoConcepts: 1", "Connection: close"];
        if (body.Length > 0) headers.Add("Content-Type: application/json");
        string? length = body.Length > 0 || method != "GET" ? $"{body.Length}" : null;
        bool isBroken = false, isLeft = false;
        for (int ways = _random.Next(1, 4); ways > 0; ways--)
            switch (_random.Next(14))
            {
                case 0: path = Number(path); break;
                case 1: path = Climb(path); break;
                case 2: path = Query(path); break;
                case 3: path = Odd(path); break;
                case 4:
                    headers[0] = Pick("Host: evil.example", "Host:", "Host: localhost:1", $"Host: {host}@evil", "X: 1",
                        $"Host: {host}\r\nHost: evil.example", "Host: [::1", $"Host: {host}.evil.example");
                    break;
                case 5: headers.Add(Header()); break;
                case 6:
                    headers.Add($"Range: {Pick(s_ranges)}");
                    path = Pick(path, "/api/videos/1/file", "/api/videos/1/file");
                    break;
                case 7:
                    headers.Add(Pick("Origin: null", "Origin: http://evil.example", "Sec-Fetch-Site: cross-site",
                        "Cookie: videoconcepts=" + new string('x', 3000), "If-None-Match: \"", "If-Range: x",
                        "Accept-Encoding: br;q=9,,\u00ff", "Expect: 100-continue", "Upgrade: h2c", "Content-Type: x"));
                    break;
                case 8: body = Broken(body); length = $"{body.Length}"; break;
                case 9: (body, length) = Json(); method = method == "GET" ? "POST" : method; break;
                case 10:
                    length = Pick("-1", "99999999999", "1e3", $"{body.Length}, 1", $"{body.Length + 5}", "x");
                    break;
                case 11:
                    headers.Add($"Transfer-Encoding: {Pick("chunked", "gzip, chunked", "x", "\u000bchunked")}");
                    break;
                case 12:
                    method = Pick("HEAD", "TRACE", "CONNECT", "OPTIONS", "PATCH", "get", "", "GE T", "DELETE", "PUT");
                    break;
                default: isBroken = true; break;
            }
        if (length is not null) headers.Add($"Content-Length: {length}");
        string version = Pick(20, "HTTP/1.1", "HTTP/1.0", "HTTP/9.9", "", "SIP/2.0");
        byte[] all = [.. Encoding.Latin1.GetBytes($"{method} {path} {version}\r\n" + string.Join("\r\n", headers)
            + "\r\n\r\n"), .. body];
        if (isBroken) all = Broken(all);
        if (_random.Next(12) == 0) (all, isLeft) = (all[.._random.Next(all.Length + 1)], true);
        return new(all, isLeft, headers[0] != $"Host: {host}" && !isBroken);
    }

    /// <summary>A clip that is said to be longer than it is.</summary>
    public HostileRequest Upload() =>
        new([.. Encoding.Latin1.GetBytes($"POST /api/queries?name={Uri.EscapeDataString(Climb("/"))} HTTP/1.1\r\n"
        + $"Host: {host}\r\nX-VideoConcepts: 1\r\nContent-Length: 5000000\r\n\r\n{marker}"),
            .. Noise(_random.Next(60_000))], IsLeft: true, IsForeign: false);

    private (string Method, string Path, byte[] Body) Begin()
    {
        if (_random.Next(3) > 0) return ("GET", Pick(s_reads), []);
        (string method, string path, string body) = s_writes[_random.Next(s_writes.Length)];
        return (method, path, Encoding.UTF8.GetBytes(body));
    }

    private string Number(string path)
    {
        int[] places = [.. Enumerable.Range(0, path.Length).Where(i => char.IsAsciiDigit(path[i]))];
        if (places.Length == 0) return path + "/" + Pick(s_numbers);
        int at = places[_random.Next(places.Length)];
        return path[..at] + Pick(s_numbers) + path[(at + 1)..];
    }

    private string Climb(string path)
    {
        int[] places = [.. Enumerable.Range(0, path.Length).Where(i => path[i] is '/' or '=')];
        if (places.Length == 0) return Pick(s_climbs);
        string up = string.Concat(Enumerable.Repeat(Pick("", "../", "%2e%2e/"), _random.Next(6)));
        return path[..(places[_random.Next(places.Length)] + 1)] + up + Pick(s_climbs);
    }

    private string Query(string path) => path + (path.Contains('?') ? "&" : "?") + Pick("moment=1&moment=2", "top=0",
        "top=1000000000", "motion=2", "motion=", "take=-5", "take=2147483647&skip=2147483647", "skip=-2147483648",
        "bin=1e-300", "bin=1e300", "from=-1e308&to=1e308", "%", "%zz=%", "a[]=1&=&&&", "text=" + new string('a', 5000),
        "name=%00%0d%0aSet-Cookie:x", "at=-1&length=1e308", "at=NaN", "ids=,,,x,9e9", "class=%ff%fe",
        "ids=" + string.Join(',', Enumerable.Range(0, 900)),
        "tag=%ed%a0%80", "concept=static:1:2", "concept=:", "all=maybe", "video=1e3", "top=1000000", "motion=1e-400");

    private string Odd(string path) => Pick("http://evil.example" + path, "//" + path, path.ToUpperInvariant(),
        path + new string('/', 40), path + "\u0000", path + " x", "*", path.Replace('/', '\\'), path + "#x", "?",
        "/" + new string('a', 17_000), "%2f" + path, path + "%", path + "/%F0%9F%92%A9",
        $"/api/concepts/{Uri.EscapeDataString("dynamic\n")}/0/moments");

    private string Header() => Pick("X-Long: " + new string('x', 20_000), "No colon", ": no name", "X y: 1",
        string.Join("\r\n", Enumerable.Range(0, 150).Select(i => $"X-{i}: 1")), "X: a\u0000b", "X: 1\r\n folded",
        "X: \u00ff\u00fe", "\u00e4: 1", "X:\n\nGET /canary.txt HTTP/1.1");

    private (byte[] Body, string? Length) Json()
    {
        byte[] body = Encoding.Latin1.GetBytes(Pick(
        [
            .. s_bodies, new string('[', 5000), $"{{\"tag\":{new string('[', 200)}{new string(']', 200)}}}",
            $$"""{"tag":"x","moments":[{{string.Join(',', Enumerable.Range(-500, 1000))}}]}""",
            $$"""{"name":"{{new string('n', 5000)}}","hidden":1}""",
        ]));
        return (body, $"{body.Length}");
    }

    private byte[] Broken(byte[] bytes)
    {
        if (bytes.Length == 0) return Noise(20);
        byte[] broken = [.. bytes];
        for (int n = _random.Next(1, 5); n > 0; n--) broken[_random.Next(broken.Length)] = (byte)_random.Next(256);
        return broken;
    }

    private byte[] Noise(int length)
    {
        var noise = new byte[length];
        _random.NextBytes(noise);
        return noise;
    }

    private string Pick(params string[] of) => of[_random.Next(of.Length)];

    // The first one, and one in so many times another.
    private string Pick(int seldom, string usual, params string[] others) =>
        _random.Next(seldom) == 0 ? Pick(others) : usual;
}
