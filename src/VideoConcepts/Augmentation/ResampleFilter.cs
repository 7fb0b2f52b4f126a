namespace VideoConcepts.Augmentation;

/// <summary>
/// The kernel of a resize; stretched by the shrink factor when a picture gets smaller (antialiasing).
/// </summary>
internal enum ResampleFilter
{
    /// <summary>Triangle, support 1.</summary>
    Bilinear,

    /// <summary>Keys' cubic with a = -0.5, support 2.</summary>
    Bicubic,
}
