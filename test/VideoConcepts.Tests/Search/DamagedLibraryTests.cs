using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>A file whose bytes are others than those written gives the same library, or is refused by name.</summary>
public sealed class DamagedLibraryTests : IDisposable
{
    private readonly WorkFolder _work = new();
    private readonly byte[] _whole;
    private readonly List<string> _rows;

    public DamagedLibraryTests()
    {
        using (SqliteMomentStore store = TinyLibrary.Create(_work["l.db"], TinyLibrary.Video("a", 40),
            TinyLibrary.Video("b", 3) with { RawPath = [0xE9] }, TinyLibrary.Video("c") with { Error = "broken" }))
        {
            new LibraryNotes(store).Write(Enumerable.Range(1, 30).Select(i =>
                LibraryNotes.Of(i, new TagMark("train", "a", i, i + 1))));
            _rows = TinyLibrary.Rows(store);
        }
        _whole = File.ReadAllBytes(_work["l.db"]);
    }

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Library_WithChangedBytes_IsTheSameOrRefused()
    {
        var random = RandomStream.For(20261127, 0);
        List<int> places = [.. Enumerable.Range(0, 25).Select(_ => random.NextInt(0, _whole.Length - 1))];
        ShouldBeTheSameOrRefused([.. places, .. Enumerable.Range(0, 10).Select(i => 10 * i)]);
    }

    [Fact(Explicit = true)] // a minute
    public void Library_WithAnyByteChanged_IsTheSameOrRefused()
    {
        // Not only where a page begins: those that hold something.
        List<int> places = [.. Enumerable.Range(0, _whole.Length / 512).Select(i => 512 * i),
            .. Enumerable.Range(0, _whole.Length).Where(i => _whole[i] != 0 && i % 7 == 0),
            .. Enumerable.Range(0, 100)];
        ShouldBeTheSameOrRefused(places);
    }

    [Fact]
    public void Library_CutOff_IsRefused()
    {
        for (int length = 1; length < _whole.Length; length += _whole.Length / 17)
            Read(_whole[..length], $"{length} bytes").ShouldBeFalse($"{length} bytes");
    }

    /// <summary>What a row says is checked, too: numbers, texts and pictures, not only vectors.</summary>
    [Theory]
    [InlineData("UPDATE moments SET start = start + 1 WHERE id = 7")]
    [InlineData("UPDATE videos SET path = 'd' WHERE id = 1")]
    [InlineData("UPDATE videos SET duration = NULL WHERE 0; UPDATE videos SET frames = 41 WHERE id = 2")]
    [InlineData("UPDATE strips SET jpeg = zeroblob(60) WHERE moment = 1")]
    [InlineData("UPDATE about SET value = '99' WHERE key = 'next_moment'")]
    [InlineData("UPDATE about SET value = 'x' WHERE key = 'version'")]
    [InlineData("UPDATE about SET value = replace(value, '\"Step\":2', '\"Step\":3') WHERE key = 'header'")]
    [InlineData("DELETE FROM about WHERE key = 'header'")]
    [InlineData("UPDATE about SET key = 'wersion' WHERE key = 'version'")]
    [InlineData("DELETE FROM moments WHERE id = 5")]
    [InlineData("DELETE FROM blocks WHERE first = 41")]
    [InlineData("UPDATE blocks SET video = 1 WHERE first = 41")]
    [InlineData("UPDATE blocks SET count = 300 WHERE first = 1")]
    [InlineData("UPDATE blocks SET look = 'x' WHERE first = 1")]
    [InlineData("UPDATE notes SET value = x'00' WHERE key = 'mark:7'")]
    [InlineData("UPDATE notes SET key = 'mark:700' WHERE key = 'mark:7'")]
    [InlineData("DROP TABLE strips")]
    public void Row_ThatIsNotAsItWasWritten_IsRefused(string change)
    {
        using (SqliteDatabase database = SqliteDatabase.Open(_work["l.db"], create: false)) database.Run(change);
        Exception refusal = Should.Throw<Exception>(() =>
        {
            using SqliteMomentStore store = SqliteMomentStore.Open(_work["l.db"]);
            TinyLibrary.Rows(store);
            using IVideoWriter writer = store.Write();
        });
        ShouldBeOneLine(refusal, change);
    }

    private void ShouldBeTheSameOrRefused(IReadOnlyList<int> places)
    {
        int refused = 0;
        foreach (int place in places)
            foreach (byte mask in (byte[])[0xff, 0x01])
            {
                byte[] changed = [.. _whole];
                changed[place] ^= mask;
                if (!Read(changed, $"byte {place} ^ {mask}")) refused++;
            }
        TestContext.Current.TestOutputHelper?.WriteLine($"{refused} of {2 * places.Count} refused");
        refused.ShouldBeGreaterThan(0);
    }

    /// <summary>Whether it could be read; then it is what it was.</summary>
    private bool Read(byte[] bytes, string what)
    {
        foreach (string file in Directory.GetFiles(_work.Path, "damaged.db*")) File.Delete(file);
        File.WriteAllBytes(_work["damaged.db"], bytes);
        List<string> rows;
        try
        {
            using SqliteMomentStore store = SqliteMomentStore.Open(_work["damaged.db"]);
            store.Verify();
            rows = TinyLibrary.Rows(store);
        }
        catch (Exception e)
        {
            ShouldBeOneLine(e, what);
            return false;
        }
        rows.ShouldBe(_rows, what);
        return true;
    }

    private void ShouldBeOneLine(Exception e, string what)
    {
        (e is BadInputException or IOException).ShouldBeTrue($"{what}: {e}");
        e.Message.ShouldContain(_work.Path, Case.Sensitive, what);
        e.Message.ShouldNotContain("\n", Case.Sensitive, what);
    }
}
