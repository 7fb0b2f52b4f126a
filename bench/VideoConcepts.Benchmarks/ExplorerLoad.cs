using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace VideoConcepts.Benchmarks;

/// <summary>Twenty browsers at once go through the explorer's pages for a minute.</summary>
internal static class ExplorerLoad
{
    private const int Browsers = 20;
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1);

    public static async Task<int> RunAsync(IBrowser browser, Uri address, int moments)
    {
        ConcurrentBag<(string Kind, double Time)> times = [];
        ConcurrentBag<string> failed = [];
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Browsers)
            .Select(n => BrowseAsync(browser, address, n, moments, times, failed, clock)));
        double seconds = clock.Elapsed.TotalSeconds;
        Console.WriteLine($"{Browsers} browsers, {seconds:F0} s: {times.Count / seconds:F0} requests per second, "
            + ExplorerBenchmark.Shown(times.Select(t => t.Time)) + $"; {failed.Count} failed; "
            + $"{ExplorerBenchmark.ServerMemory()}");
        foreach (var kind in times.GroupBy(t => t.Kind).OrderBy(g => g.Key, StringComparer.Ordinal))
            Console.WriteLine($"  {kind.Key}: {kind.Count()}, {ExplorerBenchmark.Shown(kind.Select(t => t.Time))}");
        foreach (string fault in failed.Take(20)) Console.WriteLine($"  failed: {fault}");
        return failed.IsEmpty ? 0 : 1;
    }

    private static async Task BrowseAsync(IBrowser browser, Uri address, int number, int moments,
        ConcurrentBag<(string Kind, double Time)> times, ConcurrentBag<string> failed, Stopwatch clock)
    {
        await using IBrowserContext context = await browser.NewContextAsync();
        IPage page = await context.NewPageAsync();
        page.RequestFinished += (_, request) =>
        {
            if (request.Timing.ResponseEnd >= 0)
                times.Add((Kind(request.Url), request.Timing.ResponseEnd - Math.Max(0, request.Timing.RequestStart)));
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400) failed.Add($"{response.Status} {response.Url}");
        };
        page.RequestFailed += (_, request) =>
        {
            if (request.Failure != "net::ERR_ABORTED") failed.Add($"{request.Failure} {request.Url}"); // it was left
        };
        page.PageError += (_, error) => failed.Add(error);
        page.SetDefaultTimeout(60_000);
        for (int turn = number; clock.Elapsed < s_long; turn++)
        {
            try
            {
                await VisitAsync(page, address, turn, moments);
            }
            catch (Exception e) when (e is TimeoutException or PlaywrightException)
            {
                failed.Add($"browser {number}: {e.Message}");
            }
        }
    }

    private static async Task VisitAsync(IPage page, Uri address, int turn, int moments)
    {
        switch (turn % 4)
        {
            case 0:
                await page.GotoAsync(new Uri(address, "/").AbsoluteUri);
                await page.Locator(".concept").First.WaitForAsync();
                break;
            case 1:
                int moment = 1 + (turn * 7919 % moments);
                await page.GotoAsync(new Uri(address, string.Create(CultureInfo.InvariantCulture,
                    $"/search?moment={moment}")).AbsoluteUri);
                await page.Locator("[aria-live] .moment").First.WaitForAsync();
                foreach (string at in (string[])["0", "30", "60", "100"])
                {
                    await page.GetByRole(AriaRole.Slider).FillAsync(at);
                    await page.Locator("[aria-live][aria-busy=false] .moment").First.WaitForAsync();
                }
                break;
            case 2: // where moments are, without the drawing, which has no GPU here
                await page.GotoAsync(new Uri(address, "/tags").AbsoluteUri);
                await page.EvaluateAsync("""
                    () => Promise.all(['points', 'map?by=both'].map(async part => {
                      const answer = await fetch('/api/' + part);
                      if (!answer.ok) throw new Error(`${part}: ${answer.status}`);
                      await answer.arrayBuffer();
                    }))
                    """);
                break;
            default:
                await page.GotoAsync(new Uri(address, "/videos").AbsoluteUri);
                await page.Locator("main .moment").First.WaitForAsync();
                await page.GotoAsync(new Uri(address, string.Create(CultureInfo.InvariantCulture,
                    $"/video/{1 + (turn % 100)}")).AbsoluteUri);
                await page.Locator("main h1").WaitForAsync();
                break;
        }
    }

    private static string Kind(string url)
    {
        string path = new Uri(url).AbsolutePath;
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts is ["api", var kind, ..] ? kind : "pages";
    }
}
