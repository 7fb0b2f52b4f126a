using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Distributed;

/// <summary>
/// Slurm with two nodes of two cores, both on this machine: a controller, munge, and a daemon for each node, which has
/// a host name of its own. All of it is in a temporary folder and ends with the tests.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed partial class SlurmCluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly string[] Programs =
        ["munged", "slurmctld", "slurmd", "sbatch", "srun", "scancel", "scontrol", "squeue", "sinfo", "unshare"];

    private readonly WorkFolder _work = new();
    private readonly List<Process> _daemons = [];
    private readonly ConcurrentQueue<string> _said = new();
    private bool _runs;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Conf => _work["slurm.conf"];

    /// <summary>Starts the cluster, once; skips the test where there can be none.</summary>
    public void Start()
    {
        string[] lacking = [.. Programs.Where(program => Find(program) is null)];
        Assert.SkipWhen(lacking.Length > 0, $"{string.Join(", ", lacking)}: not there, so Slurm is not tested; "
            + "apt install slurm-wlm munge openmpi-bin");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Root alone starts Slurm's daemons, so it is not tested.");
        Assert.SkipUnless(Run("unshare", "--mount", "--uts", "true").Status == 0,
            "This machine allows no namespaces, so Slurm is not tested.");
        Assert.SkipUnless(Interface().Length > 0,
            "Open MPI needs a network interface beside the loopback one, so Slurm is not tested.");
        if (_runs) return;
        _runs = true;
        StartDaemons();
    }

    /// <summary>Hands a script to Slurm; returns the job's number. What it prints goes to a file.</summary>
    public async Task<string> Submit(string script, string output)
    {
        string file = _work.Write($"{Guid.NewGuid():N}.sh", script);
        return (await Slurm("sbatch", "--parsable", "--output", output, file)).Trim();
    }

    /// <summary>A program of Slurm's, and what it printed.</summary>
    public async Task<string> Slurm(string program, params string[] words)
    {
        (int status, string output, string error) = await Task.Run(() => Run(program, words), Stop);
        status.ShouldBe(0, $"{program} {string.Join(' ', words)}: {error}");
        return output;
    }

    /// <summary>One of Slurm's programs that may fail.</summary>
    public Task<(int Status, string Output, string Error)> Try(string program, params string[] words) =>
        Task.Run(() => Run(program, words), Stop);

    /// <summary>Facts of a job, such as JobState and Restarts.</summary>
    public async Task<Dictionary<string, string>> Job(string id) =>
        Fact().Matches(await Slurm("scontrol", "show", "job", id, "-o"))
            .GroupBy(fact => fact.Groups[1].Value)
            .ToDictionary(facts => facts.Key, facts => facts.First().Groups[2].Value);

    /// <summary>Waits until a job has ended; returns its state.</summary>
    public async Task<string> Ended(string id)
    {
        string state = "";
        await Until(async () => (state = (await Job(id))["JobState"]) is not ("PENDING" or "RUNNING" or "COMPLETING"),
            () => $"job {id} is {state}");
        await Until(async () => (await Slurm("squeue", "--noheader")).Length == 0, () => $"job {id} does not leave");
        return (await Job(id))["JobState"];
    }

    /// <summary>Waits for something to hold, and fails where it does not in minutes.</summary>
    public static async Task Until(Func<Task<bool>> holds, Func<string> otherwise)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new TimeoutException(otherwise());
            await Task.Delay(100, Stop);
        }
    }

    /// <summary>Waits for a text in a file.</summary>
    public static Task<Match> Says(string file, string pattern) => Says(file, new Regex(pattern));

    private static async Task<Match> Says(string file, Regex pattern)
    {
        string text = "";
        await Until(() =>
        {
            text = File.Exists(file) ? File.ReadAllText(file) : "";
            return Task.FromResult(pattern.IsMatch(text));
        }, () => $"no {pattern} in: {text}");
        return pattern.Match(text);
    }

    public void Dispose()
    {
        if (_daemons.Count > 1) Run("scancel", "--signal=KILL", "--full", "--user=root");
        foreach (Process daemon in Enumerable.Reverse(_daemons)) // munge last
        {
            Run("kill", $"{daemon.Id}"); // so that it ends what it started
            if (!daemon.WaitForExit(TimeSpan.FromSeconds(20))) daemon.Kill();
            daemon.Dispose();
        }
        foreach (int left in Ours()) // steps, whatever became of them
            Process.GetProcessById(left).Kill();
        SpinWait.SpinUntil(() => !Ours().Any(), Patience);
        _work.Dispose();
    }

    /// <summary>Processes of a job's task, by what Slurm put into their environment.</summary>
    public IEnumerable<int> TaskOf(string job, int rank) =>
        Ours($"SLURM_JOB_ID={job}", $"SLURM_PROCID={rank}", "PMIX_RANK=" + rank);

    /// <summary>Processes that have this cluster, and more, in their environment.</summary>
    private IEnumerable<int> Ours(params string[] variables)
    {
        string[] wanted = [$"SLURM_CONF={Conf}", .. variables];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int id) || id == Environment.ProcessId) continue;
            string[] environment;
            try
            {
                environment = File.ReadAllText($"{folder}/environ").Split('\0');
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // it is gone
            }
            if (wanted.All(environment.Contains)) yield return id;
        }
    }

    private void StartDaemons()
    {
        File.WriteAllBytes(_work["munge.key"], RandomNumberGenerator.GetBytes(1024));
        File.SetUnixFileMode(_work["munge.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (string folder in (string[])["state", "n1", "n2", "tmp", "tmp.n1", "tmp.n2"])
            Directory.CreateDirectory(_work[folder]);
        File.WriteAllText(Conf, Configuration());
        Daemon("munged", "--foreground", "--force", $"--key-file={_work["munge.key"]}",
            $"--socket={_work["munge.socket"]}", $"--pid-file={_work["munged.pid"]}",
            $"--log-file={_work["munged.log"]}", $"--seed-file={_work["munged.seed"]}");
        Await(() => File.Exists(_work["munge.socket"]));
        Daemon("slurmctld", "-D");
        string slurmd = $"{WithPmix()} exec {Find("slurmd")} -D";
        foreach (string node in (string[])["n1", "n2"])
            Daemon("unshare", "--mount", "--uts", "sh", "-ec", $"hostname {node}; {slurmd}");
        Await(() => Run("sinfo", "--noheader", "--format=%T %D").Output.Trim() == "idle 2");
    }

    private void Await(Func<bool> holds)
    {
        bool held = false;
        SpinWait.SpinUntil(() => (held = holds()) || _daemons.Any(daemon => daemon.HasExited), Patience);
        held.ShouldBeTrue($"the daemons do not start: {string.Join('\n', _said)}");
    }

    /// <summary>Debian's srun opens libpmix.so, a link of libpmix-dev; the nodes get it without.</summary>
    private string WithPmix()
    {
        string? folder = Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu")
            .Select(triplet => $"{triplet}/pmix2/lib").FirstOrDefault(lib => File.Exists($"{lib}/libpmix.so.2"));
        if (folder is null || File.Exists($"{folder}/libpmix.so")) return "";
        Run("cp", "-a", folder, _work["pmix"]);
        File.CreateSymbolicLink(_work["pmix/libpmix.so"], "libpmix.so.2");
        return $"mount --bind {_work["pmix"]} {folder};";
    }

    // cred_expire: a job that is requeued waits for so long, by default two minutes.
    private string Configuration() => $"""
        ClusterName=test
        SlurmctldHost={Dns.GetHostName()}(127.0.0.1)
        SlurmctldPort={FreePort()}
        SlurmUser=root
        AuthType=auth/munge
        AuthInfo=socket={_work["munge.socket"]},cred_expire=5
        StateSaveLocation={_work["state"]}
        SlurmdSpoolDir={_work["%n"]}
        TmpFS={_work["tmp.%n"]}
        SlurmctldPidFile={_work["slurmctld.pid"]}
        SlurmdPidFile={_work["%n.pid"]}
        SlurmctldLogFile={_work["slurmctld.log"]}
        SlurmdLogFile={_work["%n.log"]}
        ProctrackType=proctrack/linuxproc
        TaskPlugin=task/affinity
        JobAcctGatherType=jobacct_gather/none
        AccountingStorageType=accounting_storage/none
        SelectType=select/cons_tres
        SelectTypeParameters=CR_CPU
        SchedulerParameters=sched_interval=2
        SlurmdParameters=config_overrides
        NodeName=n1 NodeAddr=127.0.0.1 Port={FreePort()} CPUs=2
        NodeName=n2 NodeAddr=127.0.0.1 Port={FreePort()} CPUs=2
        PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP

        """;

    private void Daemon(string program, params string[] words)
    {
        Process daemon = Process.Start(Asked(program, words))!;
        daemon.OutputDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        daemon.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        daemon.BeginOutputReadLine();
        daemon.BeginErrorReadLine();
        _daemons.Add(daemon);
    }

    private (int Status, string Output, string Error) Run(string program, params string[] words)
    {
        using Process process = Process.Start(Asked(program, words))!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }

    private ProcessStartInfo Asked(string program, string[] words) => new(Find(program) ?? program, words)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment =
        {
            ["SLURM_CONF"] = Conf,
            ["TMPDIR"] = _work["tmp"], // Open MPI's session folders
            ["OMPI_MCA_btl_tcp_if_include"] = Interface(),
        },
    };

    private static string? Find(string program) => Environment.GetEnvironmentVariable("PATH")!.Split(':')
        .Concat(["/usr/sbin", "/sbin"])
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>One that stays: other tests may make some and take them away.</summary>
    private static string Interface() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(face => face is
        {
            NetworkInterfaceType: not NetworkInterfaceType.Loopback,
            OperationalStatus: OperationalStatus.Up
        } && face.GetIPProperties().UnicastAddresses.Any(a => a.Address.AddressFamily == AddressFamily.InterNetwork))
        .OrderByDescending(face => face.GetIPProperties().GatewayAddresses.Count)
        .Select(face => face.Name).FirstOrDefault("");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"(\w+)=(\S*)")]
    private static partial Regex Fact();
}
