using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using VideoConcepts.Search;

namespace VideoConcepts.Tests.Explorer;

/// <summary>Ten thousand requests that nobody should make.</summary>
public sealed partial class ExplorerHostileTests
{
    private const int Requests = 10_000, Uploads = 200, AtOnce = 48, Seed = 22;
    private const string Canary = "canary-5d1f0c", Continue = "HTTP/1.1 100 Continue\r\n\r\n";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)] // half a minute
    public async Task Requests_ThatAreMalformed_AreRefused_AndNothingElseIsRead()
    {
        string marker = $"upload-{Guid.NewGuid():N}";
        await using ExploredLibrary explored = await OpenAsync();
        Task[] slow = [.. Enumerable.Range(0, 6).Select(n => SlowAsync(explored.Address, isBody: n % 2 == 0))];
        var made = new HostileRequests(Seed, explored.Address.Authority, marker);
        var sent = Enumerable.Range(0, Requests).Select(_ => made.Next())
            .Concat(Enumerable.Range(0, Uploads).Select(_ => made.Upload())).ToArray();
        var statuses = new int[sent.Length];
        ConcurrentBag<string> faults = [];
        await Parallel.ForEachAsync(Enumerable.Range(0, sent.Length), new ParallelOptions
        {
            MaxDegreeOfParallelism = AtOnce,
            CancellationToken = Stop,
        }, async (i, stop) =>
        {
            string answer = await SendAsync(explored.Address, sent[i], stop);
            statuses[i] = Check(sent[i], answer, faults);
        });
        faults.Take(10).ShouldBeEmpty();
        await Task.WhenAll(slow);

        statuses.Count(status => status is >= 400 and < 500).ShouldBeGreaterThan(Requests / 2); // they are hostile
        statuses.Count(status => status is >= 200 and < 400).ShouldBeGreaterThan(0); // some get past the first
        ((int)(await explored.GetAsync("library"))["moments"]!).ShouldBe(48);
        for (int wait = 0; Left(marker).Length > 0 && wait < 200; wait++) await Task.Delay(50, Stop);
        Left(marker).ShouldBeEmpty();
        await explored.EndAsync();
        using SqliteMomentStore store = SqliteMomentStore.Open(explored.File);
        store.Verify();
    }

    // A library with one real file; whatever is beside it is nobody's business.
    private static async Task<ExploredLibrary> OpenAsync()
    {
        ExploredLibrary explored = await ExploredLibrary.OpenAsync();
        explored.Work.Write("canary.txt", Canary);
        explored.Work.Write("day/canary.txt", Canary);
        explored.Work.Write("day/0.mp4", new string('v', 10_000));
        await explored.StartAsync(options => options with
        {
            Opening = new LibraryOptions { Model = explored.Work.Write("model", Canary) }, // so that clips are taken
        });
        return explored;
    }

    private static int Check(HostileRequest request, string answer, ConcurrentBag<string> faults)
    {
        if (answer.StartsWith(Continue, StringComparison.Ordinal)) answer = answer[Continue.Length..];
        if (answer.Length == 0) return 0; // closed
        Match line = Status().Match(answer);
        int status = line.Success ? int.Parse(line.Groups[1].Value) : 0;
        if (status is < 200 or (>= 500 and not 505) // that is another version of HTTP
            || answer.Contains(Canary, StringComparison.Ordinal)
            || answer.Contains("SQLite format", StringComparison.Ordinal) || (request.IsForeign && status < 400)
            || (status >= 400 && Trace().IsMatch(answer)))
        {
            string asked = Encoding.Latin1.GetString(request.Bytes);
            faults.Add($"{asked[..Math.Min(600, asked.Length)]}\n→ {answer[..Math.Min(200, answer.Length)]}");
        }
        return status;
    }

    // What is answered until nothing more comes; a request that is not whole has no answer.
    private static async Task<string> SendAsync(Uri address, HostileRequest request, CancellationToken stop)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port, stop);
        NetworkStream stream = client.GetStream();
        using var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(request.Bytes, stop);
            if (request.IsLeft) return "";
            var some = new byte[64 << 10];
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(600);
            for (int read; (read = await stream.ReadAsync(some, patience.Token)) > 0; patience.CancelAfter(300))
                answer.Write(some, 0, read);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !stop.IsCancellationRequested)
        {
        }
        return Encoding.Latin1.GetString(answer.ToArray());
    }

    // A header, or a body, that comes letter by letter: the server ends it.
    private static async Task SlowAsync(Uri address, bool isBody)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port, Stop);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(isBody
            ? $"POST /api/queries HTTP/1.1\r\nHost: {address.Authority}\r\nX-VideoConcepts: 1\r\n"
                + "Content-Length: 100000\r\n\r\n"
            : "GET / HTTP/1.1\r\nX-Slow: "), Stop);
        var some = new byte[4096];
        Task<int> read = stream.ReadAsync(some, Stop).AsTask();
        try
        {
            while (!read.IsCompleted)
            {
                await stream.WriteAsync("x"u8.ToArray(), Stop);
                await Task.WhenAny(read, Task.Delay(250, Stop));
            }
            if (await read > 0) Encoding.Latin1.GetString(some).ShouldStartWith("HTTP/1.1 4");
        }
        catch (IOException)
        {
            // it is cut off
        }
    }

    private static string[] Left(string marker) => [.. Directory.GetDirectories(Path.GetTempPath(),
        "videoconcepts-clip-*")
        .SelectMany(Clips).Where(file => Holds(file, marker))];

    private static string[] Clips(string folder)
    {
        try
        {
            return Directory.GetFiles(folder);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static bool Holds(string file, string marker)
    {
        try
        {
            var head = new byte[marker.Length];
            using FileStream clip = File.OpenRead(file);
            int read = clip.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            return Encoding.Latin1.GetString(head, 0, read) == marker;
        }
        catch (IOException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^HTTP/1\.[01] (\d\d\d) ")]
    private static partial Regex Status();

    [GeneratedRegex(@"\n?\s+at [A-Z]\w+(\.\w+)+\(|Exception")]
    private static partial Regex Trace();
}
