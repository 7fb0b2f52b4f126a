using VideoConcepts.Augmentation;

namespace VideoConcepts.Evaluation;

/// <summary>Which square of a frame a test looks at.</summary>
internal enum TestView
{
    /// <summary>The largest square in the middle.</summary>
    Centre,

    /// <summary>A square of 7/8 of the shorter side, in a corner or in the middle.</summary>
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
    Middle,
}

/// <summary>The views of a test: 1, 5 (corners and middle) or 10 (these and their mirror images).</summary>
internal static class TestViews
{
    /// <exception cref="BadInputException">Not 1, 5 or 10.</exception>
    public static IReadOnlyList<(TestView View, bool Flip)> Of(int count)
    {
        if (count == 1) return [(TestView.Centre, false)];
        if (count is not (5 or 10))
            throw new BadInputException(
                $"‹views› {count}: give 1 (centre), 5 (corners and middle) or 10 (with mirror images).");
        TestView[] five =
            [TestView.TopLeft, TestView.TopRight, TestView.BottomLeft, TestView.BottomRight, TestView.Middle];
        return [.. five.Select(v => (v, false)), .. count == 10 ? five.Select(v => (v, true)) : []];
    }

    /// <summary>The square, in pixels of the frame. The five are where torchvision's five_crop has them.</summary>
    public static CropBox Box(TestView view, int width, int height)
    {
        if (view == TestView.Centre) return CropBox.CentreSquare(width, height);
        int side = Math.Max(1, (int)Math.Round(Math.Min(width, height) * 7 / 8.0));
        int right = width - side, bottom = height - side;
        (int x, int y) = view switch
        {
            TestView.TopLeft => (0, 0),
            TestView.TopRight => (right, 0),
            TestView.BottomLeft => (0, bottom),
            TestView.BottomRight => (right, bottom),
            _ => ((int)Math.Round(right / 2.0), (int)Math.Round(bottom / 2.0)),
        };
        return new CropBox(x, y, side, side);
    }
}
