using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using VideoConcepts.Explorer;
using static Microsoft.Playwright.Assertions;

namespace VideoConcepts.BrowserTests;

/// <summary>A person goes through all pages. One after another: names and tags are those of one library.</summary>
[Collection("one library")]
public sealed partial class PageTests(Explored explored)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Concepts_AreShownNamedAndUndone()
    {
        await using BrowsedPage at = await explored.OpenAsync("/");
        await Expect(at.Page.GetByRole(AriaRole.Heading, new() { Name = "What things look like" })).ToBeVisibleAsync();
        await Expect(at.Page.GetByRole(AriaRole.Heading, new() { Name = "How things move" })).ToBeVisibleAsync();
        ILocator card = at.Page.Locator(".wall.motion .concept").First;
        string before = await card.Locator(".title a").InnerTextAsync();
        await at.RenameFirstAsync("motion", "<i>goes round");
        await Expect(card.Locator(".title a")).ToHaveTextAsync("<i>goes round");
        await at.Page.ReloadAsync();
        await Expect(at.Page.Locator(".wall.motion .concept .title a").First).ToHaveTextAsync("<i>goes round");
        await at.GoAsync("/");
        await at.RenameFirstAsync("motion", "other");
        await at.Button("Undo").First.ClickAsync();
        await Expect(at.Page.GetByText("Undone:")).ToBeVisibleAsync();
        await at.Page.ReloadAsync();
        await Expect(at.Page.Locator(".wall.motion .concept .title a").First).ToHaveTextAsync("<i>goes round");
        before.ShouldStartWith("motion ");
    }

    [Fact(Explicit = true)]
    public async Task Table_OfLooksAndMotions_ShowsTheMomentsOfACell()
    {
        await using BrowsedPage at = await explored.OpenAsync("/");
        ILocator cell = at.Page.Locator(".cross td button:not([disabled])").First;
        string name = (await cell.GetAttributeAsync("aria-label"))!;
        int n = int.Parse(Number().Match(name).Value);
        await cell.ClickAsync();
        await Expect(at.Page.Locator("main .moments .moment")).ToHaveCountAsync(Math.Min(24, n));
        at.Page.Url.ShouldContain("cell=");
        await at.Page.ReloadAsync(); // an address that can be sent
        await Expect(at.Page.Locator("main .moments .moment")).ToHaveCountAsync(Math.Min(24, n));
    }

    [Fact(Explicit = true)]
    public async Task Search_ByAClipAndTheSlider_FindsLookOrMotion()
    {
        explored.Make("../clip.mp4", "red", 2);
        await using BrowsedPage at = await explored.OpenAsync("/search");
        await Expect(at.Main.GetByText("Nothing is searched for yet.")).ToBeVisibleAsync();
        byte[] clip = await File.ReadAllBytesAsync(Path.Combine(explored.Folder, "clip.mp4"), Stop);
        // dropped, as a person does
        IJSHandle files = await at.Page.EvaluateHandleAsync("""
            text => { const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0)), all = new DataTransfer();
                      all.items.add(new File([bytes], 'clip.mp4', { type: 'video/mp4' })); return all; }
            """, Convert.ToBase64String(clip));
        await at.Page.Locator(".drop").DispatchEventAsync("drop", new { dataTransfer = files });
        ILocator hits = at.Main.Locator("[aria-live] .moment");
        await Expect(hits.First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Expect(at.Main.GetByText("clip.mp4")).ToBeVisibleAsync();
        ILocator slider = at.Page.GetByRole(AriaRole.Slider);
        await slider.FillAsync("0");
        await Expect(hits.First.Locator(".name")).ToHaveTextAsync(new Regex("^red/"));
        string look = await hits.First.Locator(".name").InnerTextAsync();
        await slider.FillAsync("100");
        await Expect(hits.First).ToBeVisibleAsync();
        at.Page.Url.ShouldContain("motion=1");
        await at.Page.ReloadAsync();
        await Expect(hits.First).ToBeVisibleAsync();
        look.ShouldNotBeEmpty();
    }

    [Fact(Explicit = true)]
    public async Task Map_IsDrawn_AndALassoIsTagged()
    {
        await using BrowsedPage at = await explored.OpenAsync("/map");
        await Expect(at.Page.Locator(".plane[data-drawn]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await at.Button("Lasso").ClickAsync();
        LocatorBoundingBoxResult box = (await at.Page.Locator(".plane").BoundingBoxAsync())!;
        await at.Page.Mouse.MoveAsync(box.X + 5, box.Y + 5);
        await at.Page.Mouse.DownAsync();
        foreach ((float x, float y) in ((float, float)[])
            [(box.Width - 10, 5), (box.Width - 10, box.Height - 10), (5, box.Height - 10), (5, 6)])
            await at.Page.Mouse.MoveAsync(box.X + x, box.Y + y, new() { Steps = 5 });
        await at.Page.Mouse.UpAsync();
        await Expect(at.Page.Locator("#selection")).ToContainTextAsync("moments selected");
        int all = int.Parse((await at.Page.Locator(".plane").GetAttributeAsync("data-drawn"))!);
        await Expect(at.Page.Locator("#selection strong")).ToHaveTextAsync($"{all} moments selected");
        await at.Tag.FillAsync("everything");
        await at.Button("Tag").ClickAsync();
        await Expect(at.Page.Locator(".toast").First).ToContainTextAsync("tagged everything");
        await at.Button("Undo").First.ClickAsync();
        await Expect(at.Page.GetByText("Undone:")).ToBeVisibleAsync();
        await at.GoAsync("/tags");
        await Expect(at.Main.GetByRole(AriaRole.Link, new() { Name = "everything" })).ToHaveCountAsync(0);
    }

    [Fact(Explicit = true)]
    public async Task Video_PlaysAtTheMoment_AndItsTimelineSeeks()
    {
        await using BrowsedPage at = await explored.OpenAsync("/videos?text=red/2");
        await at.Page.Locator(".moment .reel").First.ClickAsync();
        await Expect(at.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("red/2.mp4");
        string video = new Uri(at.Page.Url).AbsolutePath;
        await at.GoAsync($"{video}?t=7.5");
        await StandsAtAsync(at, 7.5, 0.2);
        ILocator lane = at.Page.Locator(".timeline canvas").First;
        LocatorBoundingBoxResult box = (await lane.BoundingBoxAsync())!;
        await at.Page.Mouse.ClickAsync(box.X + (box.Width / 4), box.Y + (box.Height / 2));
        await StandsAtAsync(at, 3, 0.4);
        at.Page.Url.ShouldContain("t=");
        await lane.FocusAsync();
        await at.Page.Keyboard.PressAsync("End");
        await StandsAtAsync(at, 12, 2);
        await at.Page.GetByRole(AriaRole.Link, new() { Name = "More like this" }).ClickAsync();
        await Expect(at.Main.Locator("[aria-live] .moment").First).ToBeVisibleAsync();
        await at.Page.GoBackAsync();
        await Expect(at.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("red/2.mp4");

        // what a browser cannot play is converted
        await at.GoAsync("/videos?text=old.avi");
        await at.Page.Locator(".moment .reel").First.ClickAsync();
        await at.GoAsync(new Uri(at.Page.Url).AbsolutePath + "?t=5");
        await StandsAtAsync(at, 0, 0.3); // what is sent begins there
        await Expect(at.Page.Locator(".timeline canvas").First).ToHaveAttributeAsync("aria-valuenow", new Regex("^5"));
    }

    [Fact(Explicit = true)]
    public async Task Tags_FindMoreAndAreTakenAlong()
    {
        await using BrowsedPage at = await explored.OpenAsync("/videos?text=red");
        await at.Page.Locator(".moment .reel").First.ClickAsync();
        await at.Button("Select").ClickAsync();
        await at.Tag.FillAsync("square, \"red\"");
        await at.Page.Keyboard.PressAsync("Enter");
        await Expect(at.Page.Locator(".toast").First).ToContainTextAsync("1 moment tagged");
        await at.GoAsync("/tags");
        await at.Main.GetByRole(AriaRole.Link, new() { Name = "square, \"red\"" }).ClickAsync();
        await at.Button("look").ClickAsync();
        await Expect(at.Main.Locator(".moment .name").First).ToHaveTextAsync(new Regex("^red/"));
        await at.Button("yes").First.ClickAsync();
        await Expect(at.Page.GetByText("tagged square").First).ToBeVisibleAsync();
        await at.GoAsync("/tags");
        IDownload csv = await at.Page.RunAndWaitForDownloadAsync(() =>
            at.Main.GetByRole(AriaRole.Link, new() { Name = "tags.csv" }).ClickAsync());
        string[] rows = await File.ReadAllLinesAsync((await csv.PathAsync())!, Stop);
        rows[0].ShouldBe("video,start,end,tag");
        rows[1].ShouldEndWith("\"square, \"\"red\"\"\"");
        await explored.StartAsync(); // as after a day
        await at.DisposeAsync();
        await using BrowsedPage again = await explored.OpenAsync("/tags");
        await Expect(again.Main.GetByRole(AriaRole.Link, new() { Name = "square, \"red\"" })).ToBeVisibleAsync();
    }

    [Fact(Explicit = true)]
    public async Task Concepts_NamesAndHiddenOnes_AreThoseOfTheTableAndUndoneInPlace()
    {
        await using BrowsedPage at = await explored.OpenAsync("/");
        ILocator first = at.Page.Locator(".wall.look .concept .title a").First;
        ILocator row = at.Page.Locator(".cross tbody a").First;
        string before = await first.InnerTextAsync();
        await Expect(row).ToHaveTextAsync(before);
        await at.RenameFirstAsync("look", "squares");
        await Expect(row).ToHaveTextAsync("squares");
        await at.Page.Keyboard.PressAsync("Control+z");
        await Expect(first).ToHaveTextAsync(before);
        await Expect(row).ToHaveTextAsync(before);
        await at.Button("Hide " + before).ClickAsync();
        await Expect(first).Not.ToHaveTextAsync(before);
        await Expect(row).Not.ToHaveTextAsync(before);
        await at.Page.Keyboard.PressAsync("Control+z");
        await Expect(first).ToHaveTextAsync(before);
    }

    [Fact(Explicit = true)]
    public async Task Undo_OfAToast_IsOfItsOwnChangeAlone()
    {
        await using BrowsedPage at = await explored.OpenAsync("/");
        ILocator title = at.Page.Locator(".wall.look .concept .title a").First;
        string before = await title.InnerTextAsync();
        foreach (string name in (string[])["once", "twice"])
        {
            await at.RenameFirstAsync("look", name);
            await Expect(at.Page.Locator(".toast").Last).ToContainTextAsync("is called " + name);
            await Expect(title).ToHaveTextAsync(name);
        }
        ILocator toasts = at.Page.Locator(".toast");
        (await toasts.Filter(new() { HasText = "is called once" }).GetByRole(AriaRole.Button).CountAsync()).ShouldBe(0);
        (await toasts.Filter(new() { HasText = "is called twice" }).GetByRole(AriaRole.Button).CountAsync())
            .ShouldBe(1);
        await at.Page.Keyboard.PressAsync("Control+z");
        await Expect(title).ToHaveTextAsync("once");
        (await at.Button("Undo").CountAsync()).ShouldBe(0); // what the toast told of is undone
        await at.Page.Keyboard.PressAsync("Control+z");
        await Expect(title).ToHaveTextAsync(before);
    }

    [Theory(Explicit = true)]
    [InlineData(1920)]
    [InlineData(390)]
    public async Task Concepts_StandSideBySide_LooksAndWhatMoves(int width)
    {
        await using BrowsedPage at = await explored.OpenAsync("/", width);
        LocatorBoundingBoxResult look = (await at.Page.Locator(".wall.look .concept").First.BoundingBoxAsync())!;
        LocatorBoundingBoxResult motion = (await at.Page.Locator(".wall.motion .concept").First.BoundingBoxAsync())!;
        motion.X.ShouldBeGreaterThan(look.X + look.Width);
        motion.Y.ShouldBe(look.Y, 1);
        motion.Y.ShouldBeLessThan(600);
        // what moves is lit in orange on grey, and shown as filmed when it is asked for
        const string Grey = """
            () => { const d = seen(document.querySelector('.wall.motion .reel canvas'));
                    return d[3] === 255 && d[0] === d[1] && d[1] === d[2]; }
            """;
        const string Orange = """
            () => [...document.querySelectorAll('.wall.motion .reel canvas')].some(c => {
                    const d = seen(c);
                    for (let i = 0; i < d.length; i += 4) if (d[i] > 200 && d[i] - d[i + 2] > 120) return true;
                    return false; })
            """;
        await at.Page.EvaluateAsync(Seen);
        await at.Page.WaitForFunctionAsync(Grey);
        await at.Page.WaitForFunctionAsync(Orange);
        await at.Button("light up what moves").ClickAsync();
        await Expect(at.Button("light up what moves")).ToHaveAttributeAsync("aria-pressed", "false");
        at.Page.Url.ShouldContain("as=filmed");
    }

    [Fact(Explicit = true)]
    public async Task Reels_ThatComeLate_AreDrawnAlsoWhereNothingShallMove()
    {
        IPage page = await explored.Browser.NewPageAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await using BrowsedPage at = new(page, explored.Address);
        var wait = new TaskCompletionSource();
        await page.RouteAsync("**/api/strips/**", async route => { await wait.Task; await route.ContinueAsync(); });
        await page.RouteAsync("**/api/search?**", async route => { await wait.Task; await route.ContinueAsync(); });
        await page.GotoAsync(new Uri(explored.Address, "/search?moment=3").AbsoluteUri,
            new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        await Expect(at.Main.Locator(".reel").First).ToBeVisibleAsync();
        wait.SetResult();
        await Expect(at.Main.Locator("[aria-live] .moment").First).ToBeVisibleAsync();
        await page.EvaluateAsync(Seen);
        await page.WaitForFunctionAsync("""
            () => { const all = [...document.querySelectorAll('main .reel canvas')]
                        .filter(c => c.getBoundingClientRect().top < innerHeight);
                    return all.length > 3 && all.every(c => { const d = seen(c);
                        return c.width > 50 && d.some((v, i) => i % 4 === 3 && v === 255); }); }
            """);
        await Expect(at.Main.GetByText("one video alone")).ToBeHiddenAsync(); // none is asked for
    }

    [Fact(Explicit = true)]
    public async Task Back_GoesToWhereItWasRead()
    {
        await using BrowsedPage at = await explored.OpenAsync("/videos?text=mp4", width: 390);
        ILocator last = at.Page.Locator(".moment .reel").Last;
        await last.ScrollIntoViewIfNeededAsync();
        int y = await at.Page.EvaluateAsync<int>("Math.round(scrollY)");
        y.ShouldBeGreaterThan(100);
        await last.ClickAsync();
        await Expect(at.Page.Locator(".timeline canvas").First).ToBeVisibleAsync();
        (await at.Page.EvaluateAsync<int>("scrollY")).ShouldBe(0);
        await at.Page.GoBackAsync();
        await at.Page.WaitForFunctionAsync("y => Math.abs(scrollY - y) < 3", y);
    }

    [Fact(Explicit = true)]
    public async Task Video_IsLedThroughByArrowKeys_AndSaysWhatIsSelected()
    {
        await using BrowsedPage at = await explored.OpenAsync("/videos?text=red/2");
        await at.Page.Locator(".moment .reel").First.ClickAsync();
        ILocator lane = at.Page.Locator(".timeline canvas").First;
        string begin = (await lane.GetAttributeAsync("aria-valuenow"))!;
        await at.Page.Keyboard.PressAsync("ArrowRight"); // the focus is on the page
        await Expect(lane).Not.ToHaveAttributeAsync("aria-valuenow", begin);
        await at.Button("Select").ClickAsync();
        await Expect(at.Button("Select")).ToHaveAttributeAsync("aria-pressed", "true");
    }

    [Fact(Explicit = true)]
    public async Task Tags_Answers_LeaveThePageAndTheWayBackAsTheyAre()
    {
        await using BrowsedPage at = await explored.OpenAsync("/videos?text=green");
        await at.Page.Locator(".moment .reel").First.ClickAsync();
        await at.Button("Select").ClickAsync();
        await at.Tag.FillAsync("green");
        await at.Page.Keyboard.PressAsync("Enter");
        await Expect(at.Page.Locator(".now .chip.tag")).ToContainTextAsync("green");
        await at.GoAsync("/tags?tag=green");
        await at.Button("yes").First.WaitForAsync();
        int history = await at.Page.EvaluateAsync<int>("history.length");
        await at.Button("no").First.ClickAsync();
        await at.Button("yes").First.ClickAsync();
        await Expect(at.Main.Locator("p.lead")).ToHaveTextAsync(new Regex("^2 moments"));
        await Expect(at.Button("Rank again with 2 answers")).ToBeVisibleAsync();
        (await at.Page.EvaluateAsync<int>("history.length")).ShouldBe(history);
        await at.Page.Keyboard.PressAsync("Control+z");
        await Expect(at.Main.Locator("p.lead")).ToHaveTextAsync(new Regex("^1 moment "));
        await at.Button("Remove").ClickAsync();
        await Expect(at.Main.GetByRole(AriaRole.Link, new() { Name = "green", Exact = true })).ToHaveCountAsync(0);
        await at.Page.Keyboard.PressAsync("Control+z");
        await at.Main.GetByRole(AriaRole.Link, new() { Name = "green", Exact = true }).ClickAsync();
        await at.Button("Remove").ClickAsync();
        await Expect(at.Page.Locator(".toast").Filter(new() { HasText = "green taken away" }).Last).ToBeVisibleAsync();
    }

    [Fact(Explicit = true)]
    public async Task ReadOnly_OffersNothingThatChangesTheLibrary()
    {
        await using ExplorerServer server = await ExplorerServer.StartAsync(new ExplorerOptions
        {
            Library = explored.Library,
            Port = 0,
            ReadOnly = true,
        }, stop: Stop);
        await using BrowsedPage at =
            await new BrowsedPage(await explored.Browser.NewPageAsync(), server.Address).GoAsync("/");
        ILocator title = at.Page.Locator(".wall.look .concept .title").First;
        await Expect(title).ToHaveTextAsync(await title.Locator("a").InnerTextAsync());
        await Expect(at.Page.Locator(".concept button")).ToHaveCountAsync(0);
    }

    [Fact(Explicit = true)]
    public async Task Video_WhoseFileIsGone_ShowsItsPicturesAndLanes()
    {
        string file = Path.Combine(explored.Folder, "videos", "blue", "1.mp4");
        File.Move(file, file + ".away");
        try
        {
            await using BrowsedPage at = await explored.OpenAsync("/videos?text=blue/1");
            await at.Page.Locator(".moment .reel").First.ClickAsync();
            await Expect(at.Main.GetByText("The file is not where it was; these are the pictures")).ToBeVisibleAsync();
            await Expect(at.Page.Locator("#still .reel.ready")).ToBeVisibleAsync();
            ILocator lane = at.Page.Locator(".timeline canvas").First;
            await lane.FocusAsync();
            await at.Page.Keyboard.PressAsync("End");
            await Expect(lane).ToHaveAttributeAsync("aria-valuenow", new Regex("^12"));
        }
        finally
        {
            File.Move(file + ".away", file);
        }
    }

    [Theory(Explicit = true)]
    [InlineData("/")]
    [InlineData("/concept/dynamic/0")]
    [InlineData("/map")]
    [InlineData("/search?moment=3")]
    [InlineData("/videos")]
    [InlineData("/video/1?t=2")]
    [InlineData("/unusual")]
    [InlineData("/counts")]
    [InlineData("/tags")]
    [InlineData("/nowhere")]
    public async Task Pages_AreReadByEverybody_WideNarrowAndDark(string path)
    {
        foreach ((int width, ColorScheme scheme) in ((int, ColorScheme)[])
            [(1280, ColorScheme.Light), (390, ColorScheme.Dark)])
        {
            await using BrowsedPage at = await explored.OpenAsync(path, width, scheme);
            await Expect(at.Page.Locator("main .spin")).ToHaveCountAsync(0, new() { Timeout = 60_000 });
            AxeResult found = await at.Page.RunAxe();
            found.Violations.Where(v => v.Impact is "serious" or "critical").Select(v =>
                $"{path} {width} {v.Id}: {v.Help}: " + string.Join("; ", v.Nodes.Take(3).Select(node => node.Html)))
                .ShouldBeEmpty();
            (await at.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"))
                .ShouldBeLessThanOrEqualTo(0);
        }
    }

    /// <summary>Waits until the video has a picture and stands at a time, in seconds, give or take some.</summary>
    private static Task StandsAtAsync(BrowsedPage at, double time, double within) => at.Page.WaitForFunctionAsync("""
        ([time, within]) => { const v = document.querySelector('video');
            return v && v.readyState >= 2 && !v.seeking && Math.abs(v.currentTime - time) <= within; }
        """, new[] { time, within });

    /// <summary>What is drawn on a canvas; it is copied, as a canvas that is read becomes slow.</summary>
    private const string Seen = """
        () => { window.seen = canvas => { const copy = new OffscreenCanvas(canvas.width, canvas.height);
                const context = copy.getContext('2d', { willReadFrequently: true }); context.drawImage(canvas, 0, 0);
                return context.getImageData(0, 0, copy.width, copy.height).data; }; }
        """;

    [GeneratedRegex(@"\d+(?= moment)")]
    private static partial Regex Number();
}
