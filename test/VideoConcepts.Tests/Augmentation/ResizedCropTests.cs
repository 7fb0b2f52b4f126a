using VideoConcepts.Augmentation;

namespace VideoConcepts.Tests.Augmentation;

public sealed class ResizedCropTests
{
    [Theory]
    [InlineData(340, 256)]
    [InlineData(256, 256)]
    [InlineData(144, 256)]
    [InlineData(3, 2)]
    [InlineData(1, 1)]
    public void Draw_OverManySeeds_LiesInsideThePicture(int width, int height)
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            CropBox box = Draw(seed, width, height);
            box.X.ShouldBeGreaterThanOrEqualTo(0);
            box.Y.ShouldBeGreaterThanOrEqualTo(0);
            box.Width.ShouldBeGreaterThan(0);
            box.Height.ShouldBeGreaterThan(0);
            (box.X + box.Width).ShouldBeLessThanOrEqualTo(width);
            (box.Y + box.Height).ShouldBeLessThanOrEqualTo(height);
        }
    }

    [Fact]
    public void Draw_OverManySeeds_CoversAreaAspectAndCorners()
    {
        double smallest = 1, largest = 0, tallest = 9, widest = 0;
        bool touchesLeft = false, touchesRight = false;
        for (int seed = 0; seed < 2000; seed++)
        {
            CropBox box = Draw(seed, 340, 256);
            double area = box.Width * box.Height / (340.0 * 256), aspect = (double)box.Width / box.Height;
            (smallest, largest) = (Math.Min(smallest, area), Math.Max(largest, area));
            (tallest, widest) = (Math.Min(tallest, aspect), Math.Max(widest, aspect));
            touchesLeft |= box.X == 0;
            touchesRight |= box.X + box.Width == 340;
        }
        smallest.ShouldBeInRange(0.495, 0.51);
        largest.ShouldBeInRange(0.95, 1);
        tallest.ShouldBeInRange(0.745, 0.76);
        widest.ShouldBeInRange(1.32, 1.34);
        (touchesLeft && touchesRight).ShouldBeTrue();
    }

    [Theory]
    [InlineData(1000, 100, 450, 0, 100)]
    [InlineData(100, 900, 0, 400, 100)]
    public void Draw_ForExtremeShapes_FallsBackToTheCentreSquare(int width, int height, int x, int y, int side)
    {
        for (int seed = 0; seed < 50; seed++) Draw(seed, width, height).ShouldBe(new CropBox(x, y, side, side));
    }

    private static CropBox Draw(int seed, int width, int height)
    {
        RandomStream random = RandomStream.For(seed);
        return ResizedCrop.Draw(ref random, width, height);
    }
}
