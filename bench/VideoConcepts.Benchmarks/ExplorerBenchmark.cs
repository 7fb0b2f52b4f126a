using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using VideoConcepts.Explorer;

namespace VideoConcepts.Benchmarks;

/// <summary>
/// The explorer with many moments, in a Chromium that draws without a GPU: how long pages take, what the server answers
/// in, how much memory both have, and twenty browsers at once. Server and library's maker are in this process.
/// </summary>
internal static class ExplorerBenchmark
{
    private static readonly string[] s_asked =
    [
        "library", "concepts", "concepts/static/7/moments", "cells/7/5", "points", "map?by=both", "strengths/dynamic/5",
        "search?moment=777&motion=0.4", "search?moment=777&motion=0.4&class=day", "search?concept=static:7", "videos",
        "videos?text=night/00", "videos/3", "counts?class=day", "tags", "strips/17", "moments?ids=1,500,1000",
    ];

    /// <param name="args">[MOMENTS [requests]]: how many; whether requests are measured alone, without a
    /// browser.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        int count = int.Parse(args.ElementAtOrDefault(0) ?? "100000", CultureInfo.InvariantCulture);
        string folder = Directory.CreateTempSubdirectory("videoconcepts-explorer-").FullName;
        try
        {
            string file = Path.Combine(folder, "library.db");
            ExploredMoments.Fill(file, count);
            Console.WriteLine($"{count} moments, {new FileInfo(file).Length >> 20} MB; {ServerMemory()}");
            await using ExplorerServer server = await ExplorerServer.StartAsync(
                new ExplorerOptions { Library = file, Port = 0 });
            await RequestsAsync(server.Address, count);
            if (args.ElementAtOrDefault(1) == "requests") return 0;
            using IPlaywright playwright = await Playwright.CreateAsync();
            await using IBrowser browser = await playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = "/usr/bin/chromium",
                Args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update",
                    "--disable-sync",
                    "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
                    "--enable-precise-memory-info"],
            });
            await PagesAsync(browser, server.Address);
            return await ExplorerLoad.RunAsync(browser, server.Address, count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What is used after a collection, and what the process has from the system.</summary>
    public static string ServerMemory() => $"{GC.GetTotalMemory(forceFullCollection: true) >> 20} MB managed, "
        + $"{Environment.WorkingSet >> 20} MB resident";

    /// <summary>Median and more of times in milliseconds.</summary>
    public static string Shown(IEnumerable<double> times)
    {
        double[] ordered = [.. times.Order()];
        return ordered.Length == 0 ? "none" : string.Create(CultureInfo.InvariantCulture,
            $"median {ordered[ordered.Length / 2]:F1} ms, 95 % within {ordered[(int)(ordered.Length * 0.95)]:F1} ms, "
            + $"slowest {ordered[^1]:F0} ms");
    }

    // One after another, by a client that does not draw.
    private static async Task RequestsAsync(Uri address, int count)
    {
        using var client = new HttpClient
        {
            Timeout = TimeSpan.FromMinutes(5),
            BaseAddress = new Uri(address,
            "/api/")
        };
        var clock = Stopwatch.StartNew();
        await client.GetStringAsync(new Uri("library", UriKind.Relative));
        Console.WriteLine($"first answer, library read: {clock.ElapsedMilliseconds} ms; {ServerMemory()}");
        clock.Restart();
        while ((await client.GetAsync(new Uri("map?by=both", UriKind.Relative))).StatusCode
            == System.Net.HttpStatusCode.Accepted) await Task.Delay(100);
        Console.WriteLine($"map computed: {clock.Elapsed.TotalSeconds:F1} s; {ServerMemory()}");
        foreach (string path in s_asked)
        {
            var asked = new Uri(path, UriKind.Relative);
            clock.Restart();
            int size = (await client.GetByteArrayAsync(asked)).Length;
            double first = clock.Elapsed.TotalMilliseconds;
            long before = GC.GetTotalAllocatedBytes(precise: true);
            var times = new double[20];
            for (int i = 0; i < times.Length; i++)
            {
                clock.Restart();
                await client.GetByteArrayAsync(asked);
                times[i] = clock.Elapsed.TotalMilliseconds;
            }
            long made = (GC.GetTotalAllocatedBytes(precise: true) - before) / times.Length;
            Console.WriteLine($"  {path}: {size >> 10} KB, first {first:F0} ms, {Shown(times)}, "
                + $"{made >> 10} KB allocated");
        }
        Console.WriteLine($"after these: {ServerMemory()}");
        await TagAllAsync(client, count, clock);
        for (int turn = 0; turn < 2; turn++)
        {
            clock.Restart();
            using HttpResponseMessage unusual = await client.GetAsync(new Uri("unusual", UriKind.Relative));
            Console.WriteLine($"  unusual{(turn == 0 ? "" : ", again")}: {clock.Elapsed.TotalSeconds:F2} s, "
                + $"{(int)unusual.StatusCode}; {ServerMemory()}");
        }
    }

    private static async Task TagAllAsync(HttpClient client, int count, Stopwatch clock)
    {
        client.DefaultRequestHeaders.Add("X-VideoConcepts", "1");
        foreach (bool scattered in (bool[])[true, false])
        {
            long[] ids = [.. Enumerable.Range(1, count).Where(id => !scattered || id % 3 == 0).Select(id => (long)id)];
            clock.Restart();
            using HttpResponseMessage tagged = await client.PostAsJsonAsync(new Uri("tags", UriKind.Relative),
                new { tag = scattered ? "scattered" : "all", moments = ids });
            double given = clock.Elapsed.TotalSeconds;
            string said = await tagged.Content.ReadAsStringAsync();
            long change = JsonDocument.Parse(said).RootElement.GetProperty("change").GetInt64();
            clock.Restart();
            await client.GetStringAsync(new Uri("tags", UriKind.Relative));
            double read = clock.Elapsed.TotalSeconds;
            clock.Restart();
            using HttpResponseMessage undone = await client.PostAsync(new Uri($"changes/{change}/undo",
                UriKind.Relative), null);
            Console.WriteLine($"  tag for {ids.Length} moments{(scattered ? ", every third" : "")}: {given:F2} s, "
                + $"tags read {read:F2} s, undone {clock.Elapsed.TotalSeconds:F2} s");
        }
    }

    private static async Task PagesAsync(IBrowser browser, Uri address)
    {
        IPage page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        for (int turn = 0; turn < 2; turn++)
        {
            await page.GotoAsync(new Uri(address, "/").AbsoluteUri);
            double cards = await Since(page, "document.querySelectorAll('.concept').length >= 12");
            double strips = await Since(page,
                "[...document.querySelectorAll('.concept .reel')].some(reel => reel.reel.width > 0)");
            double paint = await page.EvaluateAsync<double>(
                "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1");
            string again = turn == 0 ? "" : ", again";
            Console.WriteLine($"concepts{again}: first paint {paint:F0} ms, cards {cards:F0} ms, "
                + $"their first strips {strips:F0} ms");
        }
        await page.GotoAsync(new Uri(address, "/map?by=both").AbsoluteUri);
        Console.WriteLine($"map, computed before: drawn after {await Since(page,
            "document.querySelector('.plane')?.dataset.drawn"):F0} ms");
        await MapAsync(page);
        await SearchAsync(page, address);
        ICDPSession session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("HeapProfiler.collectGarbage");
        Console.WriteLine($"server: {ServerMemory()}");
        await page.CloseAsync();
    }

    private static async Task MapAsync(IPage page)
    {
        LocatorBoundingBoxResult box = (await page.Locator(".plane").BoundingBoxAsync())!;
        (float x, float y) = (box.X + (box.Width / 2), box.Y + (box.Height / 2));
        Console.WriteLine($"panned: {await Frames(page, async clock =>
        {
            await page.Mouse.MoveAsync(x, y);
            await page.Mouse.DownAsync();
            while (clock.ElapsedMilliseconds < 3000)
            {
                double turn = clock.Elapsed.TotalSeconds * 4;
                await page.Mouse.MoveAsync(x + (float)(150 * Math.Sin(turn)), y + (float)(100 * Math.Cos(turn)));
            }
            await page.Mouse.UpAsync();
        }):F1} frames per second");
        Console.WriteLine($"zoomed: {await Frames(page, async clock =>
        {
            while (clock.ElapsedMilliseconds < 3000)
            {
                await page.Mouse.WheelAsync(0, clock.ElapsedMilliseconds < 1500 ? -40 : 40);
                await Task.Delay(16);
            }
        }):F1} frames per second");
        await page.GetByRole(AriaRole.Button, new() { Name = "Whole map" }).ClickAsync();
        await page.EvaluateAsync("""
            async () => { for (let i = 0; i < 5; i++) await new Promise(done => requestAnimationFrame(done)); }
            """); // until it is drawn
        await page.GetByRole(AriaRole.Button, new() { Name = "Lasso", Exact = true }).ClickAsync();
        await page.Mouse.MoveAsync(box.X + 4, box.Y + 4);
        await page.Mouse.DownAsync();
        foreach ((float right, float down) in ((float, float)[])[(1, 0), (1, 1), (0, 1), (0, 0)])
            await page.Mouse.MoveAsync(box.X + 4 + (right * (box.Width - 8)), box.Y + 4 + (down * (box.Height - 8)),
                new() { Steps = 5 });
        var clock = Stopwatch.StartNew();
        await page.Mouse.UpAsync();
        await page.Locator("#selection strong").WaitForAsync();
        Console.WriteLine($"lasso: {await page.Locator("#selection strong").InnerTextAsync()} after "
            + $"{clock.ElapsedMilliseconds} ms");
        await page.GetByRole(AriaRole.Button, new() { Name = "Clear the selection" }).ClickAsync();
        await PageMemoryAsync(page, "map");
    }

    private static async Task SearchAsync(IPage page, Uri address)
    {
        await page.GotoAsync(new Uri(address, "/search?moment=777").AbsoluteUri);
        await page.Locator("[aria-live] .moment").First.WaitForAsync();
        double[] times = await page.EvaluateAsync<double[]>("""
            async () => {
              performance.clearResourceTimings();
              performance.setResourceTimingBufferSize(5000);
              const slider = document.querySelector('input[type=range]');
              for (let i = 0; i < 120; i++) {
                slider.value = Math.abs((i * 5) % 200 - 100);
                slider.dispatchEvent(new Event('input'));
                await new Promise(done => setTimeout(done, 100));
              }
              await new Promise(done => setTimeout(done, 1000));
              return performance.getEntriesByType('resource')
                .filter(e => e.name.includes('/api/search') && e.responseStatus === 200).map(e => e.duration);
            }
            """);
        Console.WriteLine($"search, 120 places of the slider in 12 s: {times.Length} answers shown, {Shown(times)}");
        await PageMemoryAsync(page, "search");
    }

    private static async Task PageMemoryAsync(IPage page, string name)
    {
        ICDPSession session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("HeapProfiler.collectGarbage");
        double bytes = await page.EvaluateAsync<double>("performance.memory.usedJSHeapSize");
        Console.WriteLine($"page {name}: {bytes / (1 << 20):F0} MB; server: {ServerMemory()}");
        await session.DetachAsync();
    }

    // Milliseconds from the beginning of the page until it is so, and that is painted.
    private static async Task<double> Since(IPage page, string condition)
    {
        IJSHandle at = await page.WaitForFunctionAsync($"() => ({condition}) && performance.now()", null,
            new() { Timeout = 120_000 });
        _ = await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))");
        return await at.JsonValueAsync<double>();
    }

    private static async Task<double> Frames(IPage page, Func<Stopwatch, Task> act)
    {
        await page.EvaluateAsync("""
            () => {
              window.frames_ = 0;
              window.counting_ = true;
              const count = () => { window.frames_++; if (window.counting_) requestAnimationFrame(count); };
              requestAnimationFrame(count);
            }
            """);
        var clock = Stopwatch.StartNew();
        await act(clock);
        double seconds = clock.Elapsed.TotalSeconds;
        return await page.EvaluateAsync<int>("() => { window.counting_ = false; return window.frames_; }") / seconds;
    }
}
