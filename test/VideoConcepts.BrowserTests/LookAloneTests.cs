using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace VideoConcepts.BrowserTests;

/// <summary>The pages of a library whose model tells nothing of motion and has no concepts.</summary>
[Collection("one library")]
public sealed class LookAloneTests(Explored explored)
{
    [Theory(Explicit = true)]
    [InlineData("/")]
    [InlineData("/map")]
    [InlineData("/search?moment=1&motion=0.5")]
    [InlineData("/videos")]
    [InlineData("/video/1")]
    [InlineData("/unusual?motion=1")]
    [InlineData("/counts")]
    [InlineData("/tags")]
    public async Task Page_HasNothingOfMotion(string path)
    {
        await using BrowsedPage at = await OpenAsync(path);
        await Expect(at.Page.Locator("main .spin")).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        await Expect(at.Page.GetByRole(AriaRole.Slider, new() { NameRegex = new("motion") })).ToHaveCountAsync(0);
        await Expect(at.Main.GetByText("motion")).ToHaveCountAsync(path.StartsWith("/search", StringComparison.Ordinal)
            ? 1 : 0); // the line that says why there is no slider
        await Expect(at.Main.Locator("select:not(:has(option))")).ToHaveCountAsync(0);
        await Expect(at.Main.Locator("[role=alert]")).ToHaveCountAsync(0);
    }

    [Fact(Explicit = true)]
    public async Task Help_ExplainsWhatIsThere()
    {
        await using BrowsedPage at = await OpenAsync("/");
        await at.Page.Locator("#help").ClickAsync();
        ILocator terms = at.Page.Locator("dialog dl:last-of-type dt");
        await Expect(terms).ToHaveTextAsync(["moment", "similarity"]);
    }

    // The library as the server would describe it.
    private async Task<BrowsedPage> OpenAsync(string path)
    {
        BrowsedPage at = await explored.OpenAsync("/videos");
        await at.Page.RouteAsync("**/api/library", route => AnswerAsync(route, library =>
        {
            library["motion"] = false;
            library["concepts"] = 0;
        }));
        await at.Page.RouteAsync("**/api/concepts", route => AnswerAsync(route, concepts =>
        {
            concepts["static"] = new JsonArray();
            concepts["dynamic"] = new JsonArray();
        }));
        return await at.GoAsync(path);
    }

    private static async Task AnswerAsync(IRoute route, Action<JsonNode> change)
    {
        IAPIResponse answer = await route.FetchAsync();
        JsonNode json = JsonNode.Parse(await answer.TextAsync())!;
        change(json);
        await route.FulfillAsync(new() { Response = answer, Body = json.ToJsonString() });
    }
}
