using VideoConcepts.Data;

namespace VideoConcepts.Augmentation;

public static class AntialiasedResize
{
    public static void Resize(FrameImage source, CropBox box, int width, int height, FrameImage destination) =>
        throw new NotSupportedException();
}
