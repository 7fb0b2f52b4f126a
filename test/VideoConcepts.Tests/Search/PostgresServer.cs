using System.Diagnostics;
using System.Runtime.Versioning;

namespace VideoConcepts.Tests.Search;

/// <summary>A PostgreSQL server in a temporary folder, reached by a socket in it; it can be killed.</summary>
[SupportedOSPlatform("linux")]
public sealed class PostgresServer : IDisposable
{
    private const string Programs = "/usr/lib/postgresql/15/bin", Account = "postgres";
    private readonly string _folder = Directory.CreateTempSubdirectory("videoconcepts-pg-").FullName;
    private readonly bool _there = File.Exists($"{Programs}/initdb");

    public PostgresServer()
    {
        if (!_there) return;
        if (Environment.IsPrivilegedProcess) Run("chown", Account, _folder);
        AsAccount("initdb", "-D", Data, "-U", "owner", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync");
        File.WriteAllText($"{Data}/pg_hba.conf", "local all secret scram-sha-256\nlocal all all trust\n");
        Start();
    }

    private string Data => $"{_folder}/data";

    /// <summary>The address of a library in a schema of its own.</summary>
    public string Address(string schema, string user = "owner", string database = "postgres")
    {
        Assert.SkipUnless(_there, "There is no PostgreSQL 15; `apt-get install postgresql` runs this test.");
        return $"postgresql://{user}@/{database}?host={Uri.EscapeDataString(_folder)}&schema={schema}";
    }

    /// <summary>Kills the server and what it started, at once.</summary>
    public void Kill()
    {
        int server = int.Parse(File.ReadLines($"{Data}/postmaster.pid").First());
        Process[] children = [.. File.ReadAllText($"/proc/{server}/task/{server}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => Process.GetProcessById(int.Parse(id)))];
        Process postmaster = Process.GetProcessById(server);
        foreach (Process process in (Process[])[postmaster, .. children])
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        // one that nobody has waited for, as in a container, counts as running
        File.Delete($"{Data}/postmaster.pid");
        File.Delete($"{_folder}/.s.PGSQL.5432.lock");
    }

    public void Start() => AsAccount("pg_ctl", "-D", Data, "-w", "-l", $"{_folder}/log", "-o",
        $"-c listen_addresses= -c unix_socket_directories={_folder} -c max_connections=20", "start");

    public void Dispose()
    {
        try
        {
            if (_there) AsAccount("pg_ctl", "-D", Data, "-w", "-m", "immediate", "stop");
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static void AsAccount(string program, params string[] words)
    {
        if (Environment.IsPrivilegedProcess) Run("runuser", ["-u", Account, "--", $"{Programs}/{program}", .. words]);
        else Run($"{Programs}/{program}", words);
    }

    private static void Run(string program, params string[] words)
    {
        // output goes to nobody: the server would keep the pipe open
        using Process process = Process.Start(new ProcessStartInfo("sh",
            ["-c", "\"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. words])
        {
            WorkingDirectory = "/",
        })!;
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', words)}");
    }
}
