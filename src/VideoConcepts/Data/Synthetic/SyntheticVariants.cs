using System.Text.Json;

namespace VideoConcepts.Data.Synthetic;

/// <summary>What is changed in the test videos of a synthetic data set.</summary>
public enum VariantKind
{
    /// <summary>The objects move as they did, before still clouds.</summary>
    Scuba,

    /// <summary>As that, but nothing moves: the objects stay as they are in the middle frame.</summary>
    Scufo,

    /// <summary>The objects move as they did, before the background of a video of other classes.</summary>
    Swap,

    /// <summary>Time runs backwards.</summary>
    Reverse,

    /// <summary>The same scene and objects, with a motion of another class.</summary>
    OtherMotion,

    /// <summary>The same motion, of objects and before a scene of another class.</summary>
    OtherAppearance,
}

/// <summary>
/// Variants of the test videos of a synthetic data set, drawn from the layers that the videos are made of. Scuba and
/// scufo are those of Li et al., "Mitigating and evaluating static bias of action representations in the background and
/// the foreground" (ICCV 2023): the moving foreground on a foreign still picture, and one frame of that repeated.
/// </summary>
public static class SyntheticVariants
{
    // Raise it when the same options no longer give the same files.
    private const int Version = 1;

    // Brightness difference at which objects still stand out from a borrowed background; their own has 0.27 or more.
    private const double Visible = 0.15;

    /// <summary>The kinds as the command line and folders call them, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["scuba", "scufo", "swap", "reverse", "other_motion", "other_appearance"];

    /// <summary>The kind of a name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="BadInputException">There is none.</exception>
    public static VariantKind Parse(string name)
    {
        for (int i = 0; i < Names.Count; i++)
            if (Names[i] == name) return (VariantKind)i;
        throw new BadInputException($"‹bias› {name}: choose of {string.Join(", ", Names)}, with commas between.");
    }

    /// <summary>Refuses what stands in the way of variants; writes nothing.</summary>
    /// <param name="folder">The data set's folder.</param>
    /// <param name="options">What it was drawn with.</param>
    /// <param name="kinds">What is to be changed.</param>
    /// <exception cref="BadInputException">A folder of a kind holds something else, or it takes more videos.
    /// </exception>
    public static void Check(string folder, SyntheticOptions options, IEnumerable<VariantKind> kinds)
    {
        foreach (VariantKind kind in kinds)
            if (!IsFinished(new VariantFiles(folder, kind), Description(options, kind)) && kind == VariantKind.Swap)
                _ = Scenes(options, kind, SyntheticDataset.ListedTest(options));
    }

    /// <summary>
    /// Writes one kind of variants into the folder of a finished data set, the same files for any number of threads.
    /// What is there already is left as it is; what was interrupted is completed.
    /// </summary>
    /// <param name="folder">The data set's folder.</param>
    /// <param name="options">What it was drawn with.</param>
    /// <param name="kind">What is changed.</param>
    /// <param name="jobs">Number of threads.</param>
    /// <param name="progress">Gets the number of videos done so far, of TestVideos.</param>
    /// <param name="cancellation">Stops; the next call completes it.</param>
    /// <exception cref="BadInputException">The kind's folder holds something else, or it takes more videos.</exception>
    public static VariantFiles Generate(string folder, SyntheticOptions options, VariantKind kind, int jobs,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        var files = new VariantFiles(folder, kind);
        string description = Description(options, kind);
        if (IsFinished(files, description)) return files;
        SyntheticVideo[] videos = SyntheticDataset.ListedTest(options);
        SceneDraw[] scenes = Scenes(options, kind, videos);
        Directory.CreateDirectory(files.Folder);
        File.WriteAllText(files.Unfinished, description);
        SyntheticDataset.ForEach(videos.Length, i =>
        {
            using var renderer = new SceneRenderer(scenes[i], options.Width, options.Height);
            int frames = scenes[i].Frames;
            SyntheticVideo.WriteFrames(Path.Combine(files.Folder, Place(videos[i])), frames, frame => kind switch
            {
                VariantKind.Scufo => renderer.Render(frames / 2, noise: frame),
                VariantKind.Reverse => renderer.Render(frames - 1 - frame),
                _ => renderer.Render(frame),
            }, options.JpegQuality);
        }, jobs, progress, cancellation);
        (string Row, SceneDraw Scene)[] rows =
            [.. videos.Zip(scenes, (video, scene) => ($"{Place(video)},{scene.Frames}", scene))];
        SyntheticLists.WriteLines(files.MotionTest, rows.Select(r => $"{r.Row},{(int)Motion(kind, r.Scene)}"));
        SyntheticLists.WriteLines(files.AppearanceTest, rows.Select(r => $"{r.Row},{(int)r.Scene.Appearance}"));
        File.Move(files.Unfinished, files.Description);
        return files;
    }

    /// <summary>The scenes of the variants, of which <see cref="VariantKind.Scufo"/> and
    /// <see cref="VariantKind.Reverse"/> show other frames.</summary>
    /// <exception cref="BadInputException">Two videos are to exchange their backgrounds, and there are no two of other
    /// classes.</exception>
    internal static SceneDraw[] Scenes(
        SyntheticOptions options, VariantKind kind, IReadOnlyList<SyntheticVideo> videos) => kind switch
        {
            VariantKind.Scuba or VariantKind.Scufo => [.. videos.Select(v => v.Scene with
            {
                Foreign = Backdrop.Clouds(options, v.Scene, RandomStream.For(options.Seed, Streams.Clouds, v.Index)),
            })],
            VariantKind.Swap => Swapped(options, videos),
            VariantKind.OtherMotion => [.. videos.Select(v =>
            {
                var random = RandomStream.For(options.Seed, Streams.OtherMotion, v.Index);
                var other = (MotionClass)Other((int)v.Scene.Motion, ref random);
                return v.Scene.WithMotion(options, other, random);
            })],
            VariantKind.OtherAppearance => [.. videos.Select(v =>
            {
                var random = RandomStream.For(options.Seed, Streams.OtherAppearance, v.Index);
                var other = (AppearanceClass)Other((int)v.Scene.Appearance, ref random);
                return v.Scene.WithAppearance(options, other, random);
            })],
            _ => [.. videos.Select(v => v.Scene)],
        };

    /// <summary>The motion class that a variant shows.</summary>
    internal static MotionClass Motion(VariantKind kind, SceneDraw scene) => (kind, scene.Motion) switch
    {
        (VariantKind.Reverse, MotionClass.Rise) => MotionClass.Fall,
        (VariantKind.Reverse, MotionClass.Fall) => MotionClass.Rise,
        (VariantKind.Reverse, MotionClass.Grow) => MotionClass.Shrink,
        (VariantKind.Reverse, MotionClass.Shrink) => MotionClass.Grow,
        _ => scene.Motion,
    };

    private static SceneDraw[] Swapped(SyntheticOptions options, IReadOnlyList<SyntheticVideo> videos)
    {
        int[] lenders = ExchangePairs.Of(videos.Count, [(a, b) => IsForeign(a, b) && StandsOut(a, b) && StandsOut(b, a),
            (a, b) => IsForeign(a, b) && StandsOut(a, b), IsForeign], RandomStream.For(options.Seed, Streams.Exchange));
        if (lenders.Contains(-1))
            throw new BadInputException($"‹bias› swap: {videos.Count} test videos are too few to find each the "
                + "background of one with another appearance and another motion; give 16 ‹test_videos› or more.");
        return [.. videos.Zip(lenders, (v, lender) => v.Scene with { Foreign = videos[lender].Scene.Background })];

        bool IsForeign(int a, int b) => videos[a].Scene.Appearance != videos[b].Scene.Appearance
            && videos[a].Scene.Motion != videos[b].Scene.Motion;

        bool StandsOut(int objects, int behind) => Visible <= Math.Abs(
            Backdrop.Brightness(videos[objects].Scene.Colours.Fill) - videos[behind].Scene.Background.Mean);
    }

    private static int Other(int label, ref RandomStream random) =>
        (label + random.NextInt(1, PairPlan.Classes - 1)) % PairPlan.Classes;

    private static string Place(SyntheticVideo video) => $"videos/{video.Index:D6}";

    private static bool IsFinished(VariantFiles files, string description) =>
        SyntheticDataset.IsFinished(files.Folder, files.Description, files.Unfinished, description);

    private static string Description(SyntheticOptions options, VariantKind kind) => JsonSerializer.Serialize(
        new { version = Version, kind = Names[(int)kind], options }, SyntheticDataset.Indented) + "\n";
}

/// <summary>Where variants of one kind lie.</summary>
/// <param name="Data">The data set's folder.</param>
/// <param name="Kind">What is changed.</param>
public sealed record VariantFiles(string Data, VariantKind Kind)
{
    /// <summary>The folder of all kinds, in that of the data set.</summary>
    public const string Name = "bias";

    /// <summary>The kind's folder.</summary>
    public string Folder => Path.Combine(Path.GetFullPath(Data), Name, SyntheticVariants.Names[(int)Kind]);

    /// <summary>With the motion that each variant shows; the rows are those of the data set's list of this name.
    /// </summary>
    public string MotionTest => Path.Combine(Folder, Path.GetFileName(new SyntheticFiles(Data).MotionTest));

    /// <summary>With the appearance of its objects.</summary>
    public string AppearanceTest => Path.Combine(Folder, Path.GetFileName(new SyntheticFiles(Data).AppearanceTest));

    /// <summary>What the variants were drawn with; written last.</summary>
    public string Description => Path.Combine(Folder, "bias.json");

    /// <summary>The same while they are drawn.</summary>
    internal string Unfinished => Path.Combine(Folder, "bias.unfinished.json");
}
