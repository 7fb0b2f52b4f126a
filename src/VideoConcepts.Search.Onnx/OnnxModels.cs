namespace VideoConcepts.Search;

/// <summary>Models of other programs, as ONNX files, that libraries are made by.</summary>
public static class OnnxModels
{
    /// <summary>Lets <see cref="VideoIndex"/> and <see cref="MomentLibrary"/> take files that end with <c>.onnx</c> as
    /// models. Called once, when a program begins.</summary>
    public static void Register() => MomentNetwork.Register(".onnx", OnnxMomentNetwork.Open);
}
