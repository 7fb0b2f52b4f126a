namespace VideoConcepts.Data.World;

/// <summary>How a thing of the world moves.</summary>
internal enum WorldMotionKind
{
    /// <summary>Not at all.</summary>
    Still,

    /// <summary>Straight on in any direction; what leaves comes back at the other side.</summary>
    Pass,

    /// <summary>There and back along a line.</summary>
    Oscillate,

    /// <summary>Turns about its middle.</summary>
    Spin,

    /// <summary>Turns about its end, there and back: a pendulum, a gate, a lever.</summary>
    Swing,

    /// <summary>Turns about its end once, one way: a bridge, a door, a lid.</summary>
    Lift,

    /// <summary>Comes nearer.</summary>
    Grow,

    /// <summary>Goes away.</summary>
    Shrink,

    /// <summary>Round a circle.</summary>
    Orbit,

    /// <summary>Up and down on a ground.</summary>
    Bounce,

    /// <summary>Becomes long and short, there and back.</summary>
    Stretch,

    /// <summary>Trembles.</summary>
    Shake,
}

/// <summary>Where a thing is in a frame.</summary>
/// <param name="X">Centre, from the left, in frame heights.</param>
/// <param name="Y">Centre, from the top, in frame heights.</param>
/// <param name="ScaleX">Factor on its length.</param>
/// <param name="ScaleY">Factor on its width.</param>
/// <param name="Angle">Clockwise turn in radians.</param>
internal readonly record struct WorldPose(double X, double Y, double ScaleX, double ScaleY, double Angle);

/// <summary>A motion as a pure function of time. Lengths are in frame heights.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Aspect">Frame width over height.</param>
/// <param name="X">Where it is at rest, from the left.</param>
/// <param name="Y">The same from the top.</param>
/// <param name="Radius">Half the length of the thing.</param>
/// <param name="Heading">Direction of the motion in radians.</param>
/// <param name="Angle">Turn of the thing at rest.</param>
/// <param name="Speed">Frame heights per frame of its fastest part.</param>
/// <param name="Reach">How far it goes from where it rests, or the angle of a lift or a swing.</param>
/// <param name="Phase">Where in its cycle it starts, 0 to 1.</param>
/// <param name="From">The frame in which it begins to move.</param>
/// <param name="To">The frame in which it stops.</param>
internal readonly record struct WorldMotion(WorldMotionKind Kind, double Aspect, double X, double Y, double Radius,
    double Heading, double Angle, double Speed, double Reach, double Phase, double From, double To)
{
    private const double Ramp = 4; // frames that it takes to come to its speed

    /// <summary>Draws everything that the kind leaves open.</summary>
    public static WorldMotion Draw(WorldMotionKind kind, WorldOptions options, double radius, int frames,
        ref RandomStream random)
    {
        double aspect = (double)options.Width / options.Height;
        double speed = options.MinSpeed * Math.Pow(options.MaxSpeed / options.MinSpeed, random.NextDouble());
        bool upright = random.NextBool();
        double quarter = Math.PI / 2 * random.NextInt(0, 3);
        double heading = upright ? quarter + random.NextDouble(-0.1, 0.1) : random.NextDouble(-Math.PI, Math.PI);
        double angle = random.NextBool() ? Math.PI / 2 * random.NextInt(0, 3) : random.NextDouble(-Math.PI, Math.PI);
        double reach = kind is WorldMotionKind.Lift or WorldMotionKind.Swing ? random.NextDouble(0.3, 1.5)
            : random.NextDouble(0.08, 0.4);
        bool whole = random.NextBool(0.6);
        double from = whole ? -Ramp : random.NextDouble(0, 0.5 * frames);
        double to = whole ? frames + Ramp : from + (random.NextDouble(0.3, 1) * frames);
        return new WorldMotion(kind, aspect, random.NextDouble(0.05, 0.95) * aspect, random.NextDouble(0.1, 0.9),
            radius, heading, angle, speed, reach, random.NextDouble(), from, to);
    }

    /// <summary>The thing in a frame, counted from 0.</summary>
    public WorldPose At(double frame)
    {
        double way = Speed * Active(frame); // what its fastest part has gone
        return Kind switch
        {
            WorldMotionKind.Pass => Along(way + ((Phase - 0.5) * (Span + 1)), wraps: true),
            WorldMotionKind.Oscillate => Along(Reach * Math.Sin((2 * Math.PI * Phase) + (way / Reach)), wraps: false),
            WorldMotionKind.Spin => new(X, Y, 1, 1, Angle + (Sign * way / Radius)),
            WorldMotionKind.Swing => Hinged(Reach * Math.Sin((2 * Math.PI * Phase) + (way / (2 * Radius * Reach)))),
            WorldMotionKind.Lift => Hinged(Sign * Math.Min(Reach, way / (2 * Radius))),
            WorldMotionKind.Grow => Zoomed(Fraction(Phase + (way / Radius / 1.4))),
            WorldMotionKind.Shrink => Zoomed(1 - Fraction(Phase + (way / Radius / 1.4))),
            WorldMotionKind.Orbit => Circle((2 * Math.PI * Phase) + (Sign * way / Reach)),
            WorldMotionKind.Bounce => new(X, Y - Hop(Fraction(Phase + (way / (4 * Reach)))), 1, 1, Angle),
            WorldMotionKind.Stretch => Stretched(0.5 * Math.Sin((2 * Math.PI * Phase) + (way / (0.5 * Radius)))),
            WorldMotionKind.Shake => new(X + (0.4 * Tremble(way, 0)), Y + (0.4 * Tremble(way, 1)), 1, 1, Angle),
            _ => new(X, Y, 1, 1, Angle),
        };
    }

    private int Sign => Phase < 0.5 ? 1 : -1;

    private double Span => Aspect + (2 * Radius);

    // Frames for which it has moved: a ramp up, full speed, a ramp down.
    private double Active(double frame) => Risen(frame - From) - Risen(frame - To);

    private static double Risen(double t) => t <= 0 ? 0 : t < Ramp ? t * t / (2 * Ramp) : t - (Ramp / 2);

    private WorldPose Along(double way, bool wraps)
    {
        double x = X + (Math.Cos(Heading) * way), y = Y + (Math.Sin(Heading) * way);
        if (wraps)
        {
            x = (Fraction((x + Radius) / Span) * Span) - Radius;
            double high = 1 + (2 * Radius);
            y = (Fraction((y + Radius) / high) * high) - Radius;
        }
        return new(x, y, 1, 1, Angle);
    }

    // Turned about its end, which stays where it is at rest.
    private WorldPose Hinged(double turn)
    {
        double hingeX = X - (Radius * Math.Cos(Angle)), hingeY = Y - (Radius * Math.Sin(Angle));
        return new(hingeX + (Radius * Math.Cos(Angle + turn)), hingeY + (Radius * Math.Sin(Angle + turn)), 1, 1,
            Angle + turn);
    }

    private WorldPose Zoomed(double share)
    {
        double scale = 0.5 * Math.Pow(3, share);
        return new(X, Y, scale, scale, Angle);
    }

    private WorldPose Circle(double angle) =>
        new(X + (Reach * Math.Cos(angle)), Y + (Reach * Math.Sin(angle)), 1, 1, Angle);

    private double Hop(double phase) => Reach * 4 * phase * (1 - phase);

    private WorldPose Stretched(double by) => new(X, Y, 1 + by, 1 - (0.6 * by), Angle);

    // A smooth random path of length about way.
    private double Tremble(double way, int axis)
    {
        double t = way / Math.Max(Speed, 1e-9), sum = 0;
        for (int i = 1; i <= 3; i++)
            sum += Speed / i * Math.Sin((t * (0.7 + (0.9 * i))) + (Phase * 40 * i) + (axis * 1.9 * i));
        return sum;
    }

    private static double Fraction(double value) => value - Math.Floor(value);
}
