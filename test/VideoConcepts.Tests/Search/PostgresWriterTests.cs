using VideoConcepts.Search;

namespace VideoConcepts.Tests.Search;

/// <summary>A process of its own that writes a library, to be killed by another test.</summary>
public sealed class PostgresWriterTests
{
    /// <summary>The variable that has the library's address.</summary>
    internal const string Asked = "VIDEOCONCEPTS_WRITE_LIBRARY";

    internal const int Videos = 12, Moments = 600;

    [Fact(Explicit = true)]
    public void Write_AsAProcessOfItsOwn()
    {
        string? address = Environment.GetEnvironmentVariable(Asked);
        Assert.SkipWhen(address is null, "Another test starts this one.");
        using PostgresMomentStore store = PostgresMomentStore.Open(PostgresAddress.Parse(address!), create: true);
        Fill(store);
    }

    /// <summary>Writes the videos that are not there yet.</summary>
    internal static void Fill(IMomentStore store, Action<int>? before = null)
    {
        using IDisposable held = store.Lock();
        if (store.Header is null) store.SetHeader(SyntheticMoments.Header());
        for (int i = store.Videos().Count; i < Videos; i++)
        {
            before?.Invoke(i);
            SyntheticMoments.Write(store, i, Moments);
        }
    }
}
