using TorchSharp;
using VideoConcepts.Data;

namespace VideoConcepts.Tests.Data;

public sealed class ClipLoaderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2); // of a test that fails
    private readonly ReaderCount _readers = new();
    private StreamBuilder _builder = new();

    [Fact]
    public void Epoch_AnyNumberOfWorkers_GivesIdenticalBatches()
    {
        List<Seen> alone = Collect(Loader(Videos(23), batch: 4, workers: 0).Epoch(3));
        alone.Count.ShouldBe(5);
        foreach (int workers in new[] { 1, 4, 40 })
        {
            List<Seen> many = Collect(Loader(Videos(23), batch: 4, workers).Epoch(3));
            AssertSame(many, alone);
        }
    }

    [Fact]
    public void Epoch_ASample_DependsOnSeedEpochAndPlaceInTheListAlone()
    {
        VideoEntry[] videos = Videos(9);
        videos[2] = videos[2] with { FrameCount = 4 }; // too short: later videos keep their numbers
        foreach (Seen batch in Collect(Loader(videos, batch: 3, workers: 2, seed: 17).Epoch(5)))
        {
            batch.Shape.ShouldBe([3, 2, 2, 3, 2, 2]);
            for (int slot = 0; slot < 3; slot++)
            {
                int index = batch.Indices[slot];
                var random = RandomStream.For(17, 5, index);
                byte[] expected = [(byte)videos[index].FrameCount,
                    .. Enumerable.Range(0, 47 + 12).Select(_ => (byte)random.NextInt(0, 255))];
                batch.Clips.AsSpan(slot * 48, 48).SequenceEqual(expected.AsSpan(0, 48)).ShouldBeTrue();
                batch.Stills.AsSpan(slot * 12, 12).SequenceEqual(expected.AsSpan(48)).ShouldBeTrue();
                batch.Videos[slot].ShouldBe(videos[index]);
            }
        }
    }

    [Fact]
    public void Epoch_Whole_BuildsEachUsableVideoOnceAndDropsTheRest()
    {
        Collect(Loader(Videos(22), batch: 4, workers: 3).Epoch(0)).Count.ShouldBe(5);
        _builder.Built.Count.ShouldBe(20);
        _builder.Built.ShouldBeUnique();
    }

    /// <summary>What grows over a run goes on where it was after a resume.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Epoch_FromABatchOn_AsksForTheStepsOfTheRun(int workers)
    {
        Collect(Loader(Videos(22), batch: 4, workers).Epoch(3, 2)).Count.ShouldBe(3);
        _builder.Steps.ShouldBe([17, 18, 19]);
        _builder.Steps.Clear();
        // of a run whose earlier epochs had more steps
        Collect(Loader(Videos(22), batch: 4, workers).Epoch(3, 2, firstStep: 40)).Count.ShouldBe(3);
        _builder.Steps.ShouldBe([40, 41, 42]);
    }

    [Fact]
    public void Epoch_OtherEpochOrSeed_IsAnotherOrder()
    {
        int[] Order(int epoch, long seed) =>
            [.. Collect(Loader(Videos(40), batch: 40, workers: 2, seed: seed).Epoch(epoch)).Single().Indices];
        int[] first = Order(0, 1);
        first.Order().ShouldBe(Enumerable.Range(0, 40));
        first.ShouldNotBe(Enumerable.Range(0, 40));
        Order(1, 1).ShouldNotBe(first);
        Order(0, 2).ShouldNotBe(first);
        Order(0, 1).ShouldBe(first);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Epoch_FromALaterBatch_GoesOnAsTheWholeEpochDoes(int workers)
    {
        List<Seen> whole = Collect(Loader(Videos(23), batch: 4, workers).Epoch(2));
        List<Seen> rest = Collect(Loader(Videos(23), batch: 4, workers).Epoch(2, firstBatch: 3));
        AssertSame(rest, whole[3..]);
        _builder.Built.Count.ShouldBe(20 + 8);
        Collect(Loader(Videos(23), batch: 4, workers).Epoch(2, firstBatch: 5)).ShouldBeEmpty();
        Should.Throw<ArgumentOutOfRangeException>(() => Loader(Videos(23), batch: 4, workers).Epoch(2, firstBatch: 6));
    }

    [Fact]
    public void Epoch_TwoProcesses_SeeTogetherWhatOneOfTwiceTheBatchSees()
    {
        List<Seen> one = Collect(Loader(Videos(29), batch: 8, workers: 2).Epoch(1));
        List<Seen>[] two = [.. new[] { 0, 1 }.Select(rank => Collect(
            Loader(
                Videos(29),
                new LoaderOptions { BatchSize = 4, Workers = 2, Seed = 1, ProcessRank = rank, ProcessCount = 2 })
            .Epoch(1)))];
        one.Count.ShouldBe(3);
        two.ShouldAllBe(batches => batches.Count == 3);
        for (int step = 0; step < 3; step++)
        {
            two[0][step].Indices.Zip(two[1][step].Indices).SelectMany(pair => new[] { pair.First, pair.Second })
                .ShouldBe(one[step].Indices);
        }
    }

    [Fact]
    public void Workers_Several_LoadSamplesOfOneBatchAtTheSameTime()
    {
        using var together = new Barrier(4);
        _builder = new StreamBuilder
        {
            Before = _ => together.SignalAndWait(Patience).ShouldBeTrue("the samples are loaded one by one"),
        };
        Collect(Loader(Videos(8), batch: 4, workers: 4).Epoch(0)).Count.ShouldBe(2);
        _readers.Made.ShouldBe(4);
        _readers.Alive.ShouldBe(0);
    }

    [Fact]
    public void Workers_LastSampleDoneFirst_KeepTheOrder()
    {
        List<Seen> expected = Collect(Loader(Videos(6), batch: 2, workers: 0).Epoch(0));
        int firstVideo = expected[0].Videos[0].FrameCount;
        using var othersDone = new CountdownEvent(5);
        _builder = new StreamBuilder
        {
            Before = video =>
            {
                if (video.FrameCount != firstVideo) othersDone.Signal();
                else othersDone.Wait(Patience).ShouldBeTrue();
            },
        };
        AssertSame(Collect(Loader(Videos(6), batch: 2, workers: 2).Epoch(0)), expected);
        _builder.Built.Last().ShouldBe(firstVideo);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Prefetch_LongEpoch_HoldsAtMostThatManyBatchesAheadAndLeaksNone(int prefetch)
    {
        long before = Live();
        var loader = Loader(
            Videos(200), new LoaderOptions { BatchSize = 2, Workers = 2, Seed = 1, Prefetch = prefetch });
        for (int epoch = 0; epoch < 2; epoch++)
        {
            int left = loader.BatchesPerEpoch;
            foreach (ClipBatch batch in loader.Epoch(epoch))
            {
                using (batch) (Live() - before).ShouldBe(2 * (1 + Math.Min(prefetch, --left))); // clips and stills
            }
            Live().ShouldBe(before);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Batch_AskedForInADisposeScope_LivesUntilItIsDisposed(int workers)
    {
        ClipBatch batch;
        long before = Live();
        using (torch.NewDisposeScope()) batch = Loader(Videos(4), batch: 4, workers).Epoch(0).Single();
        batch.Clips.IsInvalid.ShouldBeFalse();
        (batch.Clips.dtype, batch.Stills.dtype).ShouldBe((torch.uint8, torch.uint8));
        batch.Stills.shape.ShouldBe([4, 1, 3, 2, 2]);
        batch.Dispose();
        batch.Clips.IsInvalid.ShouldBeTrue();
        batch.Stills.IsInvalid.ShouldBeTrue();
        batch.Dispose();
        Live().ShouldBe(before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Failure_OfASample_ArrivesAsThrownAfterTheBatchesBefore(int workers)
    {
        List<Seen> undisturbed = Collect(Loader(Videos(12), batch: 3, workers: 0).Epoch(0));
        int bad = undisturbed[1].Videos[1].FrameCount;
        var thrown = new BadInputException("list.csv:7: image_00003.jpg is not a JPEG");
        _builder = new StreamBuilder { Before = video => { if (video.FrameCount == bad) throw thrown; } };
        long before = Live();
        var seen = new List<Seen>();
        Should.Throw<BadInputException>(() => Collect(Loader(Videos(12), batch: 3, workers).Epoch(0), seen))
            .ShouldBeSameAs(thrown);
        AssertSame(seen, undisturbed[..1]);
        _readers.Alive.ShouldBe(0);
        Live().ShouldBe(before);
    }

    [Fact]
    public void Failure_OfTwoSamplesAtOnce_IsTheFirstSamplesOne()
    {
        int first = Collect(Loader(Videos(2), batch: 2, workers: 0).Epoch(0)).Single().Videos[0].FrameCount;
        using var together = new Barrier(2);
        _builder = new StreamBuilder
        {
            Before = video =>
            {
                together.SignalAndWait(Patience).ShouldBeTrue();
                throw new BadInputException(video.FrameCount == first ? "first" : "second");
            },
        };
        Should.Throw<BadInputException>(() => Collect(Loader(Videos(2), batch: 2, workers: 2).Epoch(0)))
            .Message.ShouldBe("first");
    }

    [Fact]
    public void Failure_OfTheReaderFactory_Arrives()
    {
        var loader = new ClipLoader(Videos(4), _builder, () => throw new BadInputException("no decoder"),
            new LoaderOptions { BatchSize = 2, Workers = 2 });
        Should.Throw<BadInputException>(() => Collect(loader.Epoch(0))).Message.ShouldBe("no decoder");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Enumerator_DisposedEarly_EndsThreadsAndFreesBatches(int workers)
    {
        long before = Live();
        foreach (ClipBatch batch in Loader(Videos(1000), batch: 2, workers).Epoch(0))
        {
            batch.Dispose();
            break;
        }
        _readers.Made.ShouldBeGreaterThan(0);
        _readers.Alive.ShouldBe(0);
        Live().ShouldBe(before);
        _builder.Built.Count.ShouldBeLessThanOrEqualTo(2 * (1 + 2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Batch_ForAGpu_LiesInPinnedMemoryAndElseNot(int workers)
    {
        var options = new LoaderOptions { BatchSize = 2, Workers = workers };
        using (ClipBatch batch = Loader(Videos(4), options).Epoch(0).First()) batch.Clips.is_pinned().ShouldBeFalse();
        using IEnumerator<ClipBatch> batches =
            Loader(Videos(4), options with { Pinned = true }).Epoch(0).GetEnumerator();
        if (!torch.cuda.is_available())
        {
            Should.Throw<Exception>(() => batches.MoveNext()).Message.ShouldContain("accelerator"); // nothing pins here
            return;
        }
        batches.MoveNext().ShouldBeTrue();
        using ClipBatch pinned = batches.Current;
        (pinned.Clips.is_pinned() && pinned.Stills.is_pinned()).ShouldBeTrue();
    }

    [Fact]
    public void Epoch_NotEnumerated_StartsNothing()
    {
        _ = Loader(Videos(4), batch: 2, workers: 2).Epoch(0);
        _readers.Made.ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Waited_OverEpochs_AddsUp(int workers)
    {
        var options = new LoaderOptions { BatchSize = 2, Workers = workers };
        var loader = new ClipLoader(Videos(6), _builder, _readers.Make, options, new TickingClock());
        loader.Waited.ShouldBe(TimeSpan.Zero);
        Collect(loader.Epoch(0));
        Collect(loader.Epoch(1));
        loader.Waited.ShouldBe(TimeSpan.FromSeconds(6));
    }

    [Fact]
    public void Videos_TooShort_AreLeftOutAndListed()
    {
        VideoEntry[] videos = Videos(5);
        videos[1] = videos[1] with { FrameCount = 4 };
        videos[3] = videos[3] with { FrameCount = 0 };
        ClipLoader loader = Loader(videos, batch: 3, workers: 1);
        loader.Usable.ShouldBe(3);
        loader.LeftOut.ShouldBe([videos[1], videos[3]]);
        Collect(loader.Epoch(0)).Single().Indices.Order().ShouldBe([0, 2, 4]);
    }

    [Fact]
    public void Options_OutOfRange_SayWhatIsPossible()
    {
        Message(new LoaderOptions { BatchSize = 0 }).ShouldContain("choose 1 or more");
        Message(new LoaderOptions { BatchSize = 1, Workers = -1 }).ShouldContain("choose 0 or more");
        Message(new LoaderOptions { BatchSize = 1, Prefetch = 0 }).ShouldContain("choose 1 or more");
        Message(new LoaderOptions { BatchSize = 1, ProcessCount = 0 }).ShouldContain("choose 1 or more");
        Message(new LoaderOptions { BatchSize = 1, ProcessRank = 2, ProcessCount = 2 }).ShouldContain("0 to 1");
        Message(new LoaderOptions { BatchSize = 6 }).ShouldBe(
            "list.csv: a batch of 6 videos is more than the list's 5 usable videos "
            + "(0 have 4 frames or fewer and are left out); choose a batch of at most 5");
        Message(new LoaderOptions { BatchSize = 3, ProcessCount = 2 }).ShouldContain("at most 2");
        Message(new LoaderOptions { BatchSize = 1, ProcessCount = 6 }).ShouldContain("at most 5 processes");
        Loader(Videos(5), new LoaderOptions { BatchSize = 5 }).BatchesPerEpoch.ShouldBe(1);

        string Message(LoaderOptions options) =>
            Should.Throw<BadInputException>(() => Loader(Videos(5), options)).Message;
    }

    [Fact]
    public void Videos_NoneUsable_IsBadInput()
    {
        VideoEntry[] videos = [.. Videos(2).Select(video => video with { FrameCount = 3 })];
        Should.Throw<BadInputException>(() => Loader(videos, batch: 1, workers: 1)).Message.ShouldBe(
            "list.csv: no video is usable: 2 have 4 frames or fewer and are left out; "
            + "use longer videos, or fewer or shorter clips");
        Should.Throw<BadInputException>(() => Loader([], batch: 1, workers: 1))
            .Message.ShouldContain("no video is usable");
    }

    /// <summary>Long enough videos whose frame counts differ.</summary>
    private static VideoEntry[] Videos(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new VideoEntry($"/v/{i}", 100 + i, null, "list.csv", i + 1))];

    private ClipLoader Loader(VideoEntry[] videos, int batch, int workers, long seed = 1) =>
        Loader(videos, new LoaderOptions { BatchSize = batch, Workers = workers, Seed = seed });

    private ClipLoader Loader(VideoEntry[] videos, LoaderOptions options) =>
        new(videos, _builder, _readers.Make, options);

    private static List<Seen> Collect(IEnumerable<ClipBatch> batches, List<Seen>? into = null)
    {
        into ??= [];
        foreach (ClipBatch batch in batches)
        {
            using (batch)
                into.Add(new Seen(batch.Indices, batch.Videos, batch.Clips.shape, batch.Clips.data<byte>().ToArray(),
                    batch.Stills.data<byte>().ToArray()));
        }
        return into;
    }

    private static void AssertSame(List<Seen> actual, List<Seen> expected)
    {
        actual.Count.ShouldBe(expected.Count);
        foreach ((Seen one, Seen other) in actual.Zip(expected))
        {
            one.Indices.ShouldBe(other.Indices);
            one.Videos.ShouldBe(other.Videos);
            one.Clips.AsSpan().SequenceEqual(other.Clips).ShouldBeTrue();
            one.Stills.AsSpan().SequenceEqual(other.Stills).ShouldBeTrue();
        }
    }

    private static long Live() => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    private sealed record Seen(
        IReadOnlyList<int> Indices, IReadOnlyList<VideoEntry> Videos, long[] Shape, byte[] Clips, byte[] Stills);
}
