using VideoConcepts.Data.Synthetic;

namespace VideoConcepts.Tests.Data.Synthetic;

public sealed class MotionPathTests
{
    private const double Aspect = 1.25;

    public static TheoryData<MotionClass> Motions => [.. Enum.GetValues<MotionClass>()];

    [Theory]
    [MemberData(nameof(Motions))]
    public void At_MirroredPath_IsTheMirroredPose(MotionClass motion)
    {
        for (int index = 0; index < 50; index++)
        {
            var path = Draw(motion, index);
            var mirror = path.Mirror();
            mirror.Motion.ShouldBe(motion);
            for (int frame = 0; frame < 48; frame++)
            {
                Pose seen = path.At(frame), mirrored = mirror.At(frame);
                // A wrapping position is the same place modulo the frame's width.
                Math.IEEERemainder(mirrored.X - (Aspect - seen.X), Aspect).ShouldBe(0, 1e-9);
                mirrored.Y.ShouldBe(seen.Y, 1e-9);
                mirrored.Scale.ShouldBe(seen.Scale, 1e-9);
                mirrored.Angle.ShouldBe(-seen.Angle, 1e-9);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Motions))]
    public void Draw_ManyPaths_RangesAreSymmetricLeftToRight(MotionClass motion)
    {
        var paths = Enumerable.Range(0, 2000).Select(index => Draw(motion, index)).ToArray();
        paths.Average(path => path.X).ShouldBe(Aspect / 2, 0.03);
        paths.Max(path => path.X).ShouldBe(Aspect - paths.Min(path => path.X), 0.02);
        paths.Average(path => path.Sign).ShouldBe(0, 0.1);
        paths.Average(path => path.Angle).ShouldBe(0, 0.2);
    }

    [Fact]
    public void At_RiseAndFall_MoveByTheSpeedInTheirDirection()
    {
        for (int index = 0; index < 20; index++)
        {
            Step(Draw(MotionClass.Rise, index)).ShouldBe(-0.05, 1e-9);
            Step(Draw(MotionClass.Fall, index)).ShouldBe(0.05, 1e-9);
        }

        static double Step(MotionPath path) => Math.IEEERemainder(path.At(8).Y - path.At(7).Y, 1);
    }

    [Fact]
    public void At_GrowAndShrink_ChangeTheScaleOneWayButForTheJump()
    {
        for (int index = 0; index < 20; index++)
        {
            Rises(Draw(MotionClass.Grow, index)).ShouldBeInRange(39, 44);
            Rises(Draw(MotionClass.Shrink, index)).ShouldBeInRange(3, 8);
        }

        static int Rises(MotionPath path) =>
            Enumerable.Range(0, 47).Count(frame => path.At(frame + 1).Scale > path.At(frame).Scale);
    }

    [Fact]
    public void At_Orbit_KeepsItsDistanceAndItsTurn()
    {
        var path = Draw(MotionClass.Orbit, 3);
        for (int frame = 0; frame < 48; frame++)
        {
            var pose = path.At(frame);
            double distance = Math.Sqrt(Math.Pow(pose.X - path.X, 2) + Math.Pow(pose.Y - path.Y, 2));
            distance.ShouldBe(path.Reach, 1e-9);
            pose.Angle.ShouldBe(path.Angle);
        }
    }

    [Fact]
    public void At_Bounce_StaysAboveTheGround()
    {
        var path = Draw(MotionClass.Bounce, 4);
        double[] heights = [.. Enumerable.Range(0, 480).Select(tenth => path.Y - path.At(tenth / 10.0).Y)];
        heights.Min().ShouldBeInRange(-1e-9, 0.05);
        heights.Max().ShouldBe(path.Reach, 0.01);
    }

    private static MotionPath Draw(MotionClass motion, int index)
    {
        var random = RandomStream.For(7, (long)motion, index);
        return MotionPath.Draw(motion, Aspect, diameter: 0.45, speed: 0.05, ref random);
    }
}
