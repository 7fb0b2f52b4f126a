using System.Diagnostics;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>PostgreSQL with pgvector in one process of node's; one session that all connections share.</summary>
public sealed class PgliteServer : IDisposable
{
    private readonly Process? _node;
    private readonly string? _port;

    public PgliteServer()
    {
        string folder = Path.Combine(Repository.Root, "test", "pglite");
        if (!Directory.Exists(Path.Combine(folder, "node_modules"))) return;
        try
        {
            _node = Process.Start(new ProcessStartInfo("node", ["serve.mjs"])
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return; // there is no node
        }
        _port = _node!.StandardOutput.ReadLine();
    }

    /// <summary>The address of a library in a schema of its own.</summary>
    public string this[string schema]
    {
        get
        {
            Assert.SkipUnless(_port is not null,
                "There is no node with pglite; `npm ci` in test/pglite runs this test.");
            return $"postgresql://postgres@127.0.0.1:{_port}/postgres?sslmode=disable&schema={schema}";
        }
    }

    public void Dispose()
    {
        if (_node is null) return;
        _node.Kill();
        _node.WaitForExit();
        _node.Dispose();
    }
}
