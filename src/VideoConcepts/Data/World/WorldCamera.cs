namespace VideoConcepts.Data.World;

/// <summary>How the camera moves.</summary>
internal enum WorldCameraKind
{
    /// <summary>On a tripod.</summary>
    Still,

    /// <summary>On a mast in the wind.</summary>
    Trembling,

    /// <summary>Turns or drives past.</summary>
    Pan,

    /// <summary>Comes nearer or goes away.</summary>
    Zoom,

    /// <summary>In a hand.</summary>
    Hand,
}

/// <summary>What the camera does: where it looks, how bright, how noisy, how it is coded.</summary>
/// <param name="Kind">How it moves.</param>
/// <param name="SpeedX">Frame heights per frame.</param>
/// <param name="SpeedY">The same.</param>
/// <param name="Zoom">Growth per frame.</param>
/// <param name="Tremor">Frame heights that a trembling camera or a hand moves.</param>
/// <param name="Phase">Key of its path.</param>
/// <param name="Drift">How much the light changes over a video, of 1.</param>
/// <param name="Flicker">How much it changes from frame to frame.</param>
/// <param name="StepAt">Frame in which the exposure jumps; beyond the end for most.</param>
/// <param name="Step">Factor of that jump.</param>
/// <param name="Blur">Radius of the lens' blur in frame heights; 0 is sharp.</param>
/// <param name="Noise">Deviation of the noise at full brightness, of 1.</param>
/// <param name="Vignette">How much darker the corners are.</param>
/// <param name="Threshold">Blocks of 8×8 that change less than this, of 255, keep what they showed.</param>
/// <param name="KeyFrames">Every so many frames all blocks are new.</param>
/// <param name="Quality">Of the JPEG pictures, 1 to 100.</param>
internal readonly record struct WorldCamera(WorldCameraKind Kind, double SpeedX, double SpeedY, double Zoom,
    double Tremor, double Phase, double Drift, double Flicker, double StepAt, double Step, double Blur, double Noise,
    double Vignette, double Threshold, int KeyFrames, int Quality)
{
    public static WorldCamera Draw(WorldOptions options, int frames, ref RandomStream random)
    {
        bool still = random.NextBool(options.StillCameras);
        WorldCameraKind kind = still
            ? random.NextBool(0.8) ? WorldCameraKind.Still : WorldCameraKind.Trembling
            : (WorldCameraKind)random.NextInt((int)WorldCameraKind.Pan, (int)WorldCameraKind.Hand);
        double speed = options.MinSpeed * Math.Pow(options.MaxSpeed / options.MinSpeed, random.NextDouble());
        double heading = random.NextDouble(-Math.PI, Math.PI);
        double pan = kind == WorldCameraKind.Pan ? speed : 0;
        double zoom = kind == WorldCameraKind.Zoom ? (random.NextBool() ? 1 : -1) * Math.Min(speed, 0.02) : 0;
        double tremor = kind switch
        {
            WorldCameraKind.Trembling => random.NextDouble(0.001, 0.004),
            WorldCameraKind.Hand => random.NextDouble(0.005, 0.04),
            _ => 0,
        };
        return new WorldCamera(kind, pan * Math.Cos(heading), pan * Math.Sin(heading) * 0.5, zoom, tremor,
            random.NextDouble(0, 100), random.NextBool(0.5) ? 0 : random.NextDouble(0, 0.25),
            random.NextBool(0.7) ? 0 : random.NextDouble(0, 0.03),
            random.NextBool(0.08) ? random.NextDouble(0, frames) : double.MaxValue, random.NextDouble(0.6, 1.5),
            random.NextBool(0.5) ? 0 : random.NextDouble(0.002, 0.012), 0.04 * Math.Pow(random.NextDouble(), 2),
            random.NextDouble(0, 0.3), random.NextBool(0.4) ? 0 : random.NextDouble(1, 4), random.NextInt(8, 64),
            random.NextInt(35, 92));
    }

    /// <summary>Where it looks in a frame: an offset in frame heights and a scale.</summary>
    public (double X, double Y, double Scale) At(double frame)
    {
        double x = SpeedX * frame, y = SpeedY * frame;
        if (Tremor > 0)
        {
            double pace = Kind == WorldCameraKind.Hand ? 0.12 : 1.1;
            for (int i = 1; i <= 3; i++)
            {
                x += Tremor / i * Math.Sin((frame * pace * i) + (Phase * i));
                y += Tremor / i * Math.Sin((frame * pace * 0.83 * i) + (1.7 * Phase * i));
            }
        }
        return (x, y, Math.Exp(Zoom * frame));
    }

    /// <summary>Factor on the light of a frame.</summary>
    public double Light(int frame, int frames) =>
        (1 + (Drift * Math.Sin((2 * Math.PI * frame / (1.5 * frames)) + Phase)) + (Flicker * Math.Sin(frame * 2.3)))
        * (frame >= StepAt ? Step : 1);
}
