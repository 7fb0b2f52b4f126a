namespace VideoConcepts.Data.World;

/// <summary>
/// What a camera makes of a picture: its light, noise that grows with the light, dark corners, and a coder that leaves
/// blocks as they were where little has changed.
/// </summary>
internal sealed class WorldSensor
{
    private const int Block = 8;
    private readonly WorldVideo _video;
    private readonly int _width, _height;
    private readonly byte[] _sent;
    private readonly float[] _vignette;

    public WorldSensor(WorldVideo video, int width, int height)
    {
        (_video, _width, _height) = (video, width, height);
        _sent = new byte[4 * width * height];
        _vignette = new float[width * height];
        for (int row = 0, i = 0; row < height; row++)
            for (int column = 0; column < width; column++, i++)
            {
                double x = (2.0 * column / width) - 1, y = (2.0 * row / height) - 1;
                _vignette[i] = (float)(1 - (video.Camera.Vignette * ((x * x) + (y * y)) / 2));
            }
    }

    /// <summary>Changes a frame, RGBA, to what is sent; frames come in order.</summary>
    public void Expose(Span<byte> pixels, int frame)
    {
        WorldCamera camera = _video.Camera;
        var random = RandomStream.For(_video.Key, 1, frame);
        float light = (float)camera.Light(frame, _video.Frames), noise = (float)(camera.Noise * 255);
        // one table of the sum of four draws a frame: nearly normal, deviation 1
        Span<float> draws = stackalloc float[4096];
        foreach (ref float draw in draws) draw = Draw(random.NextBits());
        for (int i = 0, pixel = 0; pixel < _vignette.Length; pixel++, i += 4)
        {
            float factor = light * _vignette[pixel];
            ulong bits = noise > 0 ? random.NextBits() : 0;
            for (int channel = 0; channel < 3; channel++, bits >>= 12)
            {
                float value = pixels[i + channel] * factor;
                if (noise > 0) value += noise * MathF.Sqrt(0.2f + (value / 320)) * draws[(int)(bits & 4095)];
                pixels[i + channel] = (byte)Math.Clamp(value + 0.5f, 0, 255);
            }
            if (_video.Grey)
            {
                int grey = (pixels[i] + (2 * pixels[i + 1]) + pixels[i + 2]) / 4;
                pixels[i] = pixels[i + 1] = pixels[i + 2] = (byte)grey;
            }
        }
        Send(pixels, frame);
    }

    private static float Draw(ulong bits)
    {
        int sum = 0;
        for (int i = 0; i < 4; i++, bits >>= 16) sum += (int)(bits & 65535);
        return (sum - 131070) / 37837f; // four uniform draws of deviation 18918 each
    }

    private void Send(Span<byte> pixels, int frame)
    {
        bool key = _video.Camera.Threshold <= 0 || frame % _video.Camera.KeyFrames == 0;
        for (int top = 0; top < _height; top += Block)
            for (int left = 0; left < _width; left += Block)
            {
                bool changed = key || Change(pixels, left, top) > _video.Camera.Threshold;
                for (int row = top; row < Math.Min(_height, top + Block); row++)
                {
                    int at = 4 * ((row * _width) + left), length = 4 * Math.Min(Block, _width - left);
                    Span<byte> here = pixels.Slice(at, length), sent = _sent.AsSpan(at, length);
                    if (changed) here.CopyTo(sent);
                    else sent.CopyTo(here);
                }
            }
    }

    // The mean of a block's changes, with their sign: noise is not sent.
    private double Change(Span<byte> pixels, int left, int top)
    {
        int absolute = 0, count = 0, signed = 0;
        for (int row = top; row < Math.Min(_height, top + Block); row++)
            for (int column = left; column < Math.Min(_width, left + Block); column++, count++)
            {
                int at = (4 * ((row * _width) + column)) + 1;
                int change = pixels[at] - _sent[at];
                signed += change;
                absolute += Math.Abs(change);
            }
        double spread = absolute / (double)count;
        return Math.Max(Math.Abs(signed) / (double)count * 2, spread - (_video.Camera.Noise * 255));
    }
}
