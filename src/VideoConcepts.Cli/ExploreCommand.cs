using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using VideoConcepts.Explorer;

namespace VideoConcepts.Cli;

/// <summary>explore: a library → pages in the browser.</summary>
internal static class ExploreCommand
{
    public static Command Create()
    {
        var command = new Command("explore", "See in the browser what is in the videos of a library: its concepts, a "
            + "map, search by look and motion, unusual moments, tags.");
        var port = new Option<int?>("--port")
        {
            Description = "where it listens (default: 8080, or the next one that is free; 0: any)",
            HelpName = "n",
        };
        var host = new Option<string>("--host")
        {
            Description = "the name or address that it listens at; where other computers reach it, the address that is "
                + "printed holds a token",
            DefaultValueFactory = _ => "localhost",
            HelpName = "name",
        };
        var readOnly = new Option<bool>("--read-only", "--read_only")
        {
            Description = "names and tags stay as they are",
        };
        var quiet = new Option<bool>("--no-browser", "--no_browser") { Description = "do not open a browser" };
        var library = new LibraryOptionSet(command, clips: true);
        foreach (Option option in (Option[])[port, host, readOnly, quiet]) command.Options.Add(option);
        command.SetAction(async (parsed, stop) =>
        {
            using var screen = new ScreenWork();
            await using ExplorerServer server = await ExplorerServer.StartAsync(new ExplorerOptions
            {
                Library = library.Name(parsed),
                Opening = library.Opening(parsed),
                Host = parsed.GetValue(host)!,
                Port = parsed.GetValue(port),
                ReadOnly = parsed.GetValue(readOnly),
            }, screen.Context(), stop: stop);
            screen.Dispose();
            Screen.Say($"{server.Address}");
            Screen.Say((server.IsReadOnly ? "Nothing is changed in the library. " : "") + "Ctrl C ends it.");
            if (!parsed.GetValue(quiet)) OpenBrowser(server.Address);
            try
            {
                await server.WaitAsync(stop);
            }
            catch (OperationCanceledException)
            {
                // Ctrl C is how it is meant to end
            }
            return ExitStatus.Done;
        });
        return command;
    }

    // Unless somebody works from afar.
    private static void OpenBrowser(Uri address)
    {
        if (Screen.IsRedirected || Environment.GetEnvironmentVariable("SSH_CONNECTION") is not null
            || Opener(address, HostSystem.Current, Environment.GetEnvironmentVariable) is not { } start) return;
        try
        {
            Process.Start(start)?.Dispose();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // there is none; the address is printed
        }
    }

    /// <summary>What opens an address in a browser; null without a desktop.</summary>
    internal static ProcessStartInfo? Opener(Uri address, OSPlatform system, Func<string, string?> variable)
    {
        if (system == OSPlatform.Windows) return new(address.AbsoluteUri) { UseShellExecute = true };
        if (system == OSPlatform.Linux && (variable("DISPLAY") ?? variable("WAYLAND_DISPLAY")) is null) return null;
        return new(system == OSPlatform.OSX ? "open" : "xdg-open", [address.AbsoluteUri])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }
}
