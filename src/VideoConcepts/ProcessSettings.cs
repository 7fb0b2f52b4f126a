namespace VideoConcepts;

/// <summary>
/// Settings of the whole process that make training as fast and as safe as it can be. A library changes none of them
/// by itself: an application asks for them with one call.
/// </summary>
public static class ProcessSettings
{
    /// <summary>
    /// To be called once, first of all, before anything of TorchSharp:
    /// <list type="bullet">
    /// <item>libtorch's threads sleep rather than spin while they wait (<c>OMP_WAIT_POLICY</c>, <c>GOMP_SPINCOUNT</c>),
    /// and large tensors lie in huge pages (<c>THP_MEM_ALLOC_ENABLE</c>), unless these are set already; on busy
    /// machines a step takes a fraction of the time.</item>
    /// <item>Garbage is collected between steps and not during them: TorchSharp 0.107 may lose a number that is being
    /// handed to libtorch to a collection in just that moment, seen once in some ten thousand steps.</item>
    /// <item>A libtorch that the program was built with and that lies elsewhere is loaded from there.</item>
    /// </list>
    /// </summary>
    /// <exception cref="BadInputException">That libtorch is gone, or cannot be loaded.</exception>
    public static void Apply()
    {
        NativeDefaults.Set();
        CollectionPause.IsOn = true;
        LibTorch.Prepare();
    }
}
