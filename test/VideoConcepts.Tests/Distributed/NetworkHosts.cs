using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Distributed;

/// <summary>
/// Hosts on one machine: network namespaces on a bridge, each with a name, processes and mounts of its own, an ssh
/// server, and a local folder that is another one on each host under the same name, beside a folder that all share.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class NetworkHosts : IDisposable
{
    /// <summary>How long a host may be silent before mpirun gives it up: 5 s, then 3 questions 2 s apart.</summary>
    public static readonly string[] QuickToMiss =
        ["--mca", "oob_tcp_keepalive_time", "5", "--mca", "oob_tcp_keepalive_intvl", "2", "--mca",
            "oob_tcp_keepalive_probes", "3"];

    private const int Hosts = 3;
    private const string Bridge = "vchosts", Net = "10.213.77.";
    private readonly WorkFolder _work = new();
    private readonly List<Process> _servers = [];
    private readonly string? _missing;

    public NetworkHosts()
    {
        _missing = Missing();
        if (_missing is not null) return;
        RemoveLeftovers();
        try
        {
            foreach (string key in (string[])["user", "host"])
                Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _work[key]);
            Directory.CreateDirectory(Shared);
            Directory.CreateDirectory(Local);
            Directory.CreateDirectory("/run/sshd"); // where sshd asks for it
            File.WriteAllText(_work["ssh"], $"#!/bin/sh\nexec ssh -q -i {_work["user"]} -o StrictHostKeyChecking=no "
                + "-o UserKnownHostsFile=/dev/null \"$@\"\n");
            File.SetUnixFileMode(_work["ssh"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
            Run("ip", "link", "add", Bridge, "type", "bridge");
            Run("ip", "addr", "add", $"{Net}254/24", "dev", Bridge);
            Run("ip", "link", "set", Bridge, "up");
            for (int host = 1; host <= Hosts; host++) Make(host);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>A folder that all hosts have.</summary>
    public string Shared => _work["shared"];

    /// <summary>A folder that each host has for itself, under this name.</summary>
    public string Local => _work["local"];

    /// <summary>Where others reach a server of this machine.</summary>
    public static string Address => $"{Net}254";

    /// <summary>The network in a form that servers are told.</summary>
    public static string Network => $"{Net}0/24";

    /// <summary>Skips a test, and says what is missing.</summary>
    public void SkipUnlessThere() => Assert.SkipUnless(_missing is null, _missing ?? "");

    /// <summary>The local folder of a host as it is seen from outside.</summary>
    public string LocalOf(int host) => _work[$"host{host}"];

    /// <summary>Starts a program of the tests' folder by mpirun on host 1, over TCP.</summary>
    /// <param name="processes">Of each host; a host that has none takes no part.</param>
    /// <param name="mpirun">More words for mpirun.</param>
    /// <param name="program">The program.</param>
    /// <param name="words">Its words.</param>
    public Process Mpirun(int[] processes, string[] mpirun, string program, params string[] words)
    {
        string hosts = string.Join(',', processes.Index().Where(host => host.Item > 0)
            .Select(host => $"{Net}{host.Index + 1}:{host.Item}"));
        return Start(1, ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "--host", hosts,
            "--mca", "plm_rsh_agent", _work["ssh"], "--mca", "btl", "tcp,self", "--mca", "btl_tcp_if_include", Network,
            "--mca", "oob_tcp_if_include", Network, "--mca", "mpi_yield_when_idle", "1",
            "--mca", "orte_tmpdir_base", Local, "-x", "PATH", .. mpirun,
            "dotnet", Path.Combine(AppContext.BaseDirectory, program), .. words]);
    }

    /// <summary>Starts a program on a host, from the folder that all share.</summary>
    public Process Start(int host, params string[] words) => Process.Start(new ProcessStartInfo("nsenter",
        ["--target", $"{Init(host)}", "--mount", "--uts", "--net", "--pid", $"--wd={Shared}", "env",
            $"HOME={_work.Path}", .. words])
    { RedirectStandardError = true, RedirectStandardOutput = true })!;

    /// <summary>A host loses its network, or gets it back.</summary>
    public static void Link(int host, bool up) => Run("ip", "link", "set", Port(host), up ? "up" : "down");

    /// <summary>What a host sends, and what it is sent, goes at this rate at most, such as 1gbit; null: as fast as it
    /// can.</summary>
    public static void Limit(string? rate)
    {
        for (int host = 1; host <= Hosts; host++)
        {
            string[][] ends = [["-n", Name(host), "eth0"], ["", "", Port(host)]];
            foreach (string[] end in ends)
            {
                string[] tc = end[0].Length > 0 ? ["tc", "-n", Name(host)] : ["tc"];
                Try([.. tc, "qdisc", "del", "dev", end[2], "root"]);
                if (rate is not null)
                    Run([.. tc, "qdisc", "add", "dev", end[2], "root", "tbf", "rate", rate, "burst", "1mb", "limit",
                        "10mb"]);
            }
        }
    }

    /// <summary>Kills those processes of a host that run a program of the tests' folder.</summary>
    public static int Kill(int host, string program)
    {
        string[] running = [.. Running(host, program)];
        foreach (string id in running) Try("kill", "-9", id);
        return running.Length;
    }

    /// <summary>Their numbers, as this machine knows them.</summary>
    public static IEnumerable<string> Running(int host, string program) =>
        Output("ip", "netns", "pids", Name(host)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(id =>
        {
            string[] words = CommandLine(id);
            return words[0] == "dotnet" && words.Any(word => word.EndsWith(program + ".dll", StringComparison.Ordinal));
        });

    private static string[] CommandLine(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return [""]; // it has ended
        }
    }

    public void Dispose()
    {
        foreach (Process server in _servers)
        {
            server.Kill();
            server.WaitForExit();
            server.Dispose();
        }
        if (_missing is null) RemoveLeftovers();
        _work.Dispose();
    }

    private static string Name(int host) => $"vchost{host}";

    private static string Port(int host) => $"vcport{host}";

    private void Make(int host)
    {
        Run("ip", "netns", "add", Name(host));
        Run("ip", "link", "add", Port(host), "type", "veth", "peer", "name", "eth0", "netns", Name(host));
        Run("ip", "link", "set", Port(host), "master", Bridge, "up");
        string[] inside = ["ip", "-n", Name(host)];
        Run([.. inside, "addr", "add", $"{Net}{host}/24", "dev", "eth0"]);
        Run([.. inside, "link", "set", "eth0", "up"]);
        Run([.. inside, "link", "set", "lo", "up"]);
        Directory.CreateDirectory(LocalOf(host));
        File.WriteAllText(_work[$"sshd{host}"], $"HostKey {_work["host"]}\nAuthorizedKeysFile {_work["user.pub"]}\n"
            + $"PidFile none\nUsePAM no\nPermitRootLogin yes\nStrictModes no\nListenAddress {Net}{host}\n");
        _servers.Add(Process.Start(new ProcessStartInfo("ip",
            ["netns", "exec", Name(host), "unshare", "--uts", "--pid", "--mount", "--fork", "--kill-child", "sh", "-c",
                $"hostname {Name(host)} && mount -t proc proc /proc && mount --bind '{LocalOf(host)}' '{Local}' && "
                + $"exec /usr/sbin/sshd -D -f '{_work[$"sshd{host}"]}' >/dev/null 2>&1 </dev/null"]))!);
        var clock = Stopwatch.StartNew();
        while (!Try("ip", "netns", "exec", Name(host), _work["ssh"], $"{Net}{host}", "true"))
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20), $"the ssh server of host {host} does not answer");
    }

    // The process that is 1 on the host.
    private int Init(int host)
    {
        int parent = _servers[host - 1].Id;
        string children = File.ReadAllText($"/proc/{parent}/task/{parent}/children");
        return int.Parse(children.Trim(), CultureInfo.InvariantCulture);
    }

    private static string? Missing()
    {
        if (!Environment.IsPrivilegedProcess) return "Only root can make hosts out of network namespaces.";
        foreach (string program in (string[])["/usr/sbin/sshd", "/usr/bin/ssh", "/usr/bin/mpirun", "/usr/bin/nsenter"])
            if (!File.Exists(program))
                return $"There is no {program}; `apt-get install openssh-server openmpi-bin iproute2` runs this test.";
        if (!Try("ip", "netns", "add", "vcprobe")) return "Network namespaces are not allowed here.";
        Run("ip", "netns", "del", "vcprobe");
        return Output("ip", "-o", "addr").Split('\n').Any(line => line.Contains($" {Net}", StringComparison.Ordinal)
            && !line.Contains(Bridge, StringComparison.Ordinal)) ? $"The network {Network} is in use." : null;
    }

    private static void RemoveLeftovers()
    {
        for (int host = 1; host <= Hosts; host++)
        {
            Try("ip", "netns", "del", Name(host));
            Try("ip", "link", "del", Port(host));
        }
        Try("ip", "link", "del", Bridge);
    }

    private static void Run(params string[] words) =>
        Finish(words, out string error).ShouldBe(0, $"{string.Join(' ', words)}: {error}");

    private static bool Try(params string[] words) => Finish(words, out _) == 0;

    private static string Output(params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo(words[0], words[1..])
        { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }

    private static int Finish(string[] words, out string error)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(words[0], words[1..])
            { RedirectStandardError = true, RedirectStandardOutput = true })!;
            Task<string> text = process.StandardOutput.ReadToEndAsync();
            error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            _ = text.Result;
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            error = e.Message;
            return -1;
        }
    }
}
