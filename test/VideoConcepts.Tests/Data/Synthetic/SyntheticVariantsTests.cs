using VideoConcepts.Data.Synthetic;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Synthetic;

public sealed class SyntheticVariantsTests
{
    private static readonly SyntheticOptions Tiny = new()
    {
        Width = 40,
        Height = 32,
        MinFrames = 5,
        MaxFrames = 6,
        TrainVideos = 8,
        TestVideos = 16,
        Noise = 0,
    };

    private static readonly SyntheticVideo[] Videos = SyntheticDataset.ListedTest(Tiny);

    [Fact]
    public void Scenes_Scuba_KeepsObjectsAndMotionBeforeClouds()
    {
        foreach ((SceneDraw scene, SceneDraw own) in Of(VariantKind.Scuba))
        {
            (scene with { Foreign = null }).ShouldBe(own);
            scene.Background.Appearance.ShouldBeNull();
            scene.Background.Mean.ShouldBe(own.Background.Mean, 0.05); // objects stand out as before, but for clipping
            byte[] objects = Objects(own), before = Pixels(own), after = Pixels(scene);
            for (int i = 0; i < objects.Length; i++)
                if (objects[i] == 255) after[i].ShouldBe(before[i]);
            after.ShouldNotBe(before);
        }
    }

    [Fact]
    public void Scenes_Swap_TakesTheBackgroundOfAVideoOfOtherClasses()
    {
        foreach ((SceneDraw scene, SceneDraw own) in Of(VariantKind.Swap))
        {
            (scene with { Foreign = null }).ShouldBe(own);
            SceneDraw lender = Videos.Single(v => v.Scene.Background == scene.Background).Scene;
            lender.Appearance.ShouldNotBe(own.Appearance);
            lender.Motion.ShouldNotBe(own.Motion);
        }
    }

    [Fact]
    public void Scenes_Counterparts_ChangeOneFactorAlone()
    {
        foreach ((SceneDraw scene, SceneDraw own) in Of(VariantKind.OtherMotion))
        {
            scene.Motion.ShouldNotBe(own.Motion);
            scene.Paths.ShouldAllBe(path => path.Speed == own.Paths[0].Speed);
            (scene with { Paths = own.Paths }).ShouldBe(own);
        }

        foreach ((SceneDraw scene, SceneDraw own) in Of(VariantKind.OtherAppearance))
        {
            scene.Appearance.ShouldNotBe(own.Appearance);
            scene.Colours.ShouldNotBe(own.Colours);
            (scene.Paths, scene.Frames, scene.Size, scene.Noise, scene.NoiseSeed)
                .ShouldBe((own.Paths, own.Frames, own.Size, own.Noise, own.NoiseSeed));
        }
    }

    [Theory]
    [InlineData(MotionClass.Rise, MotionClass.Fall)]
    [InlineData(MotionClass.Fall, MotionClass.Rise)]
    [InlineData(MotionClass.Grow, MotionClass.Shrink)]
    [InlineData(MotionClass.Shrink, MotionClass.Grow)]
    [InlineData(MotionClass.Sideways, MotionClass.Sideways)]
    [InlineData(MotionClass.Spin, MotionClass.Spin)]
    [InlineData(MotionClass.Orbit, MotionClass.Orbit)]
    [InlineData(MotionClass.Bounce, MotionClass.Bounce)]
    public void Motion_Reversed_IsWhatTheReversedVideoShows(MotionClass motion, MotionClass reversed) =>
        SyntheticVariants.Motion(VariantKind.Reverse, Videos.First(v => v.Scene.Motion == motion).Scene)
            .ShouldBe(reversed);

    [Fact]
    public void Generate_AllKinds_AlignWithTheListsAndLeaveTheDataSetAlone()
    {
        using var work = new WorkFolder();
        SyntheticFiles files = Data(work);
        var before = WorkFolder.Contents(work.Path);
        foreach (VariantKind kind in Enum.GetValues<VariantKind>()) Generate(work, kind);
        foreach ((string file, string hash) in before) WorkFolder.Contents(work.Path)[file].ShouldBe(hash);
        string[][] motion = Rows(files.MotionTest);
        foreach (VariantKind kind in Enum.GetValues<VariantKind>())
        {
            var variant = new VariantFiles(work.Path, kind);
            string[][] rows = Rows(variant.MotionTest);
            rows.Select(r => Path.GetFileName(r[0])).ShouldBe(motion.Select(r => Path.GetFileName(r[0])));
            rows.Select(r => r[1]).ShouldBe(motion.Select(r => r[1]));
            foreach (string[] row in rows)
                Directory.GetFiles(Path.Combine(variant.Folder, row[0])).Length.ShouldBe(int.Parse(row[1]));
            rows.Zip(motion).Count(r => r.First[2] != r.Second[2]).ShouldBe(kind switch
            {
                VariantKind.OtherMotion => 16,
                VariantKind.Reverse => 8, // four of the eight classes, each twice
                _ => 0,
            });
            Rows(variant.AppearanceTest).Zip(Rows(files.AppearanceTest)).Count(r => r.First[2] != r.Second[2])
                .ShouldBe(kind == VariantKind.OtherAppearance ? 16 : 0);
        }

        string[] own = Frames(work["videos/test/000003"]), backwards = Frames(work["bias/reverse/videos/000003"]);
        backwards.Reverse().Select(File.ReadAllBytes).ShouldBe(own.Select(File.ReadAllBytes));
        byte[][] frozen = [.. Frames(work["bias/scufo/videos/000003"]).Select(File.ReadAllBytes)];
        byte[][] moving = [.. Frames(work["bias/scuba/videos/000003"]).Select(File.ReadAllBytes)];
        frozen.ShouldAllBe(frame => frame.SequenceEqual(moving[moving.Length / 2]));
    }

    [Fact]
    public void Generate_Interrupted_CompletesTheSameFiles()
    {
        using WorkFolder whole = new(), interrupted = new();
        Data(whole);
        Data(interrupted);
        Generate(whole, VariantKind.Swap);
        using var stop = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => SyntheticVariants.Generate(interrupted.Path, Tiny,
            VariantKind.Swap, 1, new InlineProgress<int>(n => { if (n == 3) stop.Cancel(); }), stop.Token));
        File.Exists(interrupted["bias/swap/motion_test.csv"]).ShouldBeFalse();
        Generate(interrupted, VariantKind.Swap);
        WorkFolder.Contents(interrupted.Path).ShouldBe(WorkFolder.Contents(whole.Path));
    }

    [Fact]
    public void Check_ForeignFolderOrTooFewVideos_IsRefused()
    {
        using var work = new WorkFolder();
        work.Write("bias/scuba/thesis.txt", "mine");
        Should.Throw<BadInputException>(() => SyntheticVariants.Check(work.Path, Tiny, [VariantKind.Scuba]))
            .Message.ShouldContain("not empty");
        Should.Throw<BadInputException>(() =>
                SyntheticVariants.Check(work.Path, Tiny with { TestVideos = 1 }, [VariantKind.Swap]))
            .Message.ShouldContain("too few");
        Should.Throw<BadInputException>(() => SyntheticVariants.Parse("scubas")).Message.ShouldContain("scuba, scufo");
    }

    [Fact]
    public void Generate_OptionsThatDifferInTheLastBit_AreTheSame()
    {
        using var work = new WorkFolder();
        Data(work);
        Should.NotThrow(() => SyntheticDataset.Generate(work.Path, Tiny with { MaxSpeed = 0.07 + 0.02 }, 1, null,
            TestContext.Current.CancellationToken));
    }

    private static IEnumerable<(SceneDraw Scene, SceneDraw Own)> Of(VariantKind kind) =>
        SyntheticVariants.Scenes(Tiny, kind, Videos).Zip(Videos, (scene, video) => (scene, video.Scene));

    // What is the same before black and before white is an object.
    private static byte[] Objects(SceneDraw scene)
    {
        byte[] dark = Pixels(Before(0)), bright = Pixels(Before(255));
        return [.. dark.Zip(bright, (a, b) => a == b ? (byte)255 : (byte)0)];

        SceneDraw Before(byte level) => scene with
        {
            Foreign = scene.Background with
            {
                First = new(level, level, level),
                Second = new(level, level, level),
                Shade = 0,
            },
        };
    }

    private static byte[] Pixels(SceneDraw scene)
    {
        using var renderer = new SceneRenderer(scene, Tiny.Width, Tiny.Height);
        return renderer.Render(2).Bytes;
    }

    private static SyntheticFiles Data(WorkFolder work) =>
        SyntheticDataset.Generate(work.Path, Tiny, 2, null, TestContext.Current.CancellationToken);

    private static void Generate(WorkFolder work, VariantKind kind) =>
        SyntheticVariants.Generate(work.Path, Tiny, kind, 2, null, TestContext.Current.CancellationToken);

    private static string[][] Rows(string file) => [.. File.ReadLines(file).Select(line => line.Split(','))];

    private static string[] Frames(string folder) => [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
}
