namespace VideoConcepts.Data.Synthetic;

/// <summary>
/// The static factor: the shape of the object together with the texture of the scene. The numbers are the labels.
/// </summary>
public enum AppearanceClass
{
    /// <summary>A triangle before stripes.</summary>
    TriangleStripes,

    /// <summary>A square before a checkerboard.</summary>
    SquareChecker,

    /// <summary>A disc with a wedge cut out, before dots.</summary>
    DiscDots,

    /// <summary>A star before spokes.</summary>
    StarSpokes,

    /// <summary>A cross before zigzag lines.</summary>
    CrossZigzag,

    /// <summary>A ring with a gap before concentric rings.</summary>
    RingRings,

    /// <summary>An arrow before bricks.</summary>
    ArrowBricks,

    /// <summary>A crescent before blobs.</summary>
    CrescentBlobs,
}
