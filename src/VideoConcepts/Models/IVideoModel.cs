using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>A backbone, under the name <c>backbone</c>, with what a method adds to it.</summary>
public interface IVideoModel : IDisposable
{
    /// <summary>The network whose features are learned.</summary>
    Backbone Backbone { get; }

    /// <summary>The whole, whose state_dict is saved.</summary>
    nn.Module Module { get; }

    /// <summary>
    /// Rows of the method's queue that hold real scores; 0 without a queue. Kept beside the state_dict.
    /// </summary>
    int QueueFilled { get; set; }

    /// <summary>Tensors that a run needs to go on and that the published state_dict does not have, by name.</summary>
    IEnumerable<KeyValuePair<string, Tensor>> ExtraState => [];
}
