namespace VideoConcepts.Data.Synthetic;

/// <summary>Where the object is in a frame.</summary>
/// <param name="X">Centre, from the left, in frame heights.</param>
/// <param name="Y">Centre, from the top, in frame heights.</param>
/// <param name="Scale">Factor on the object's size.</param>
/// <param name="Angle">Clockwise turn in radians.</param>
internal readonly record struct Pose(double X, double Y, double Scale, double Angle);

/// <summary>A motion as a pure function of time. Lengths are in frame heights.</summary>
/// <param name="Motion">The class.</param>
/// <param name="Aspect">Frame width over height.</param>
/// <param name="X">Where the motion starts or what it goes round, from the left.</param>
/// <param name="Y">The same from the top; for a bounce the ground.</param>
/// <param name="Radius">Radius of the object.</param>
/// <param name="Speed">Frame heights per frame of a travelling object; the other motions are about as fast.</param>
/// <param name="Reach">Radius of the orbit or height of the bounce.</param>
/// <param name="Phase">Where in its cycle the motion starts, 0 to 1.</param>
/// <param name="Sign">1 or -1: right or left, clockwise or not.</param>
/// <param name="Angle">Turn of the object at the start, in radians.</param>
internal readonly record struct MotionPath(
    MotionClass Motion, double Aspect, double X, double Y, double Radius, double Speed, double Reach, double Phase,
    int Sign, double Angle)
{
    private const double Smallest = 0.6, Largest = 1.35;

    /// <summary>Whether the object leaves at one edge of the frame and comes back at the opposite one.</summary>
    public bool Wraps => Motion is MotionClass.Rise or MotionClass.Fall or MotionClass.Sideways;

    /// <summary>Draws everything that the class leaves open.</summary>
    /// <param name="lane">Which of <paramref name="lanes"/> objects this is: each has a part of the frame to itself,
    /// side by side, or one above the other if they travel sideways.</param>
    public static MotionPath Draw(
        MotionClass motion, double aspect, double diameter, double speed, ref RandomStream random,
        int lane = 0, int lanes = 1)
    {
        double radius = diameter / 2;
        // Within the central square, which every usual crop shows, and at most a little over its edge.
        double free = Math.Max(0, 0.5 - (0.85 * radius));
        double x = lanes == 1 ? (aspect / 2) + random.NextDouble(-free, free)
            : aspect * (lane + random.NextDouble(0.2, 0.8)) / lanes;
        double y = 0.5 + random.NextDouble(-free, free);
        double phase = random.NextDouble();
        int sign = random.NextBool() ? 1 : -1;
        double angle = random.NextDouble(-Math.PI, Math.PI);
        double spread = random.NextDouble();
        double reach = 0;
        switch (motion)
        {
            case MotionClass.Rise or MotionClass.Fall:
                y = phase;
                break;
            case MotionClass.Sideways:
                x = phase * aspect;
                if (lanes > 1) y = (lane + random.NextDouble(0.2, 0.8)) / lanes;
                break;
            case MotionClass.Orbit:
                reach = 0.17 + (0.07 * spread);
                if (lanes == 1) x = (aspect / 2) + ((x - (aspect / 2)) * 0.4);
                y = 0.5 + ((y - 0.5) * 0.4);
                break;
            case MotionClass.Bounce:
                reach = 0.38 + (0.12 * spread);
                y = 1 - (0.85 * radius) - (0.1 * Math.Abs(y - 0.5));
                break;
        }

        return new MotionPath(motion, aspect, x, y, radius, speed, reach, phase, sign, angle);
    }

    /// <summary>The object in a frame, counted from 0.</summary>
    public Pose At(double frame) => Motion switch
    {
        MotionClass.Rise => new(X, Modulo(Y - (Speed * frame), 1), 1, Angle),
        MotionClass.Fall => new(X, Modulo(Y + (Speed * frame), 1), 1, Angle),
        MotionClass.Sideways => new(Modulo(X + (Sign * Speed * frame), Aspect), Y, 1, Angle),
        MotionClass.Grow => new(X, Y, Zoom(Modulo(Phase + (frame * Speed / 0.6), 1)), Angle),
        MotionClass.Shrink => new(X, Y, Zoom(1 - Modulo(Phase + (frame * Speed / 0.6), 1)), Angle),
        MotionClass.Spin => new(X, Y, 1, Angle + (Sign * 1.2 * Speed / Radius * frame)),
        MotionClass.Orbit => Circle((2 * Math.PI * Phase) + (1.4 * Speed / Reach * frame)),
        MotionClass.Bounce => new(X, Y - Hop(Modulo(Phase + (frame * Speed / (1.6 * Reach)), 1)), 1, Angle),
        _ => throw new ArgumentOutOfRangeException(nameof(Motion), Motion, null),
    };

    /// <summary>The same motion seen in a mirror: the same class.</summary>
    public MotionPath Mirror() => this with { X = Aspect - X, Sign = -Sign, Angle = -Angle };

    private Pose Circle(double angle) =>
        new(X + (Sign * Reach * Math.Sin(angle)), Y - (Reach * Math.Cos(angle)), 1, Angle);

    // A parabola: the ground at 0 and 1, the full height at a half.
    private double Hop(double phase) => Reach * 4 * phase * (1 - phase);

    private static double Zoom(double phase) => Smallest * Math.Pow(Largest / Smallest, phase);

    private static double Modulo(double value, double period) => value - (period * Math.Floor(value / period));
}
