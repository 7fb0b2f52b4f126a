using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using VideoConcepts.BrowserTests;
using VideoConcepts.Explorer;
using VideoConcepts.Search;

[assembly: AssemblyFixture(typeof(Explored))]

namespace VideoConcepts.BrowserTests;

/// <summary>Videos of three looks and three motions, indexed by the weights that come with the program, and a
/// Chromium.</summary>
public sealed class Explored : IAsyncLifetime
{
    private static readonly string[] s_looks = ["red", "green", "0x3050ff"];

    private ExplorerServer? _server;
    private IPlaywright? _playwright;

    public string Folder { get; } = Directory.CreateTempSubdirectory("videoconcepts-browser-").FullName;

    public string Library => Path.Combine(Folder, "library.db");

    public IBrowser Browser { get; private set; } = null!;

    public Uri Address => _server!.Address;

    public async ValueTask InitializeAsync()
    {
        string chromium = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }
            .FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("There is no Chromium in /usr/bin.");
        for (int look = 0; look < s_looks.Length; look++)
            for (int motion = 0; motion < 3; motion++)
                Make($"{s_looks[look].Replace("0x3050ff", "blue")}/{motion}.mp4", s_looks[look], motion);
        Make("red/old.avi", "red", 1);
        VideoIndex.Build(new IndexOptions { Library = Library, Videos = Path.Combine(Folder, "videos") });
        await StartAsync();
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
        });
    }

    /// <summary>Ends the explorer, and opens it again.</summary>
    public async Task StartAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _server = await ExplorerServer.StartAsync(new ExplorerOptions { Library = Library, Port = 0 });
    }

    /// <summary>A page that fails the test if anything is written to its console as an error.</summary>
    public async Task<BrowsedPage> OpenAsync(string path, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        IPage page = await Browser.NewPageAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = scheme,
            AcceptDownloads = true,
        });
        return await new BrowsedPage(page, Address).GoAsync(path);
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null) await Browser.DisposeAsync();
        _playwright?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A video of twelve seconds: a square of a colour that rests, goes to and fro, or goes round.</summary>
    public void Make(string name, string colour, int motion)
    {
        string file = Path.Combine(Folder, "videos", name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string x = motion switch { 0 => "60", 1 => "60+50*sin(6*t)", _ => "60+40*cos(4*t)" };
        string y = motion switch { 2 => "45+30*sin(4*t)", _ => "45" };
        string[] encoder = name.EndsWith(".mp4", StringComparison.Ordinal)
            ? ["-c:v", "libx264", "-g", "12"] : ["-c:v", "mpeg4"];
        using Process process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-f", "lavfi", "-i",
            "color=gray:s=160x120:r=12:d=12", "-f", "lavfi", "-i", $"color={colour}:s=36x30:r=12:d=12",
            "-filter_complex", $"[0][1]overlay=x='{x}':y='{y}':shortest=1,format=yuv420p", .. encoder, "-y", file]))!;
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
    }
}

/// <summary>A page, and what is wrong with it.</summary>
public sealed class BrowsedPage(IPage page, Uri address) : IAsyncDisposable
{
    private readonly List<string> _errors = [];
    private bool _listens;

    public IPage Page => page;

    public ILocator Main => page.Locator("main");

    public async Task<BrowsedPage> GoAsync(string path)
    {
        if (!_listens)
        {
            page.Console += (_, message) =>
            {
                // a page that is not there is said to be so, by the server too; drawing without a GPU is slow
                if (message.Type is "error" or "warning"
                    && !message.Text.Contains("GPU stall", StringComparison.Ordinal)
                    && !(path == "/nowhere" && message.Text.Contains("404", StringComparison.Ordinal)))
                    _errors.Add(message.Text);
            };
            page.PageError += (_, error) => _errors.Add(error);
            page.Request += (_, request) =>
            {
                if (!request.Url.StartsWith(address.AbsoluteUri, StringComparison.Ordinal)
                    && !request.Url.StartsWith("blob:", StringComparison.Ordinal)
                    && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                    _errors.Add("asks elsewhere: " + request.Url);
            };
            _listens = true;
        }
        await page.GotoAsync(new Uri(address, path).AbsoluteUri);
        await Main.Locator("h1").WaitForAsync();
        return this;
    }

    /// <summary>A name as those who do not see the page find it.</summary>
    public ILocator Button(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Tag => page.GetByRole(AriaRole.Combobox, new() { Name = "Tag for the selected moments" });

    /// <summary>Names the first concept of a kind, look or motion.</summary>
    public async Task RenameFirstAsync(string kind, string name)
    {
        await page.Locator($".wall.{kind} .concept").First
            .GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Rename") }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name" }).FillAsync(name);
        await page.Keyboard.PressAsync("Enter");
    }

    public async ValueTask DisposeAsync()
    {
        await page.CloseAsync();
        _errors.ShouldBeEmpty();
    }
}
