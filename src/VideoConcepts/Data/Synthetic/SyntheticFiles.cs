namespace VideoConcepts.Data.Synthetic;

/// <summary>Where the parts of a synthetic data set lie.</summary>
/// <param name="Folder">The data set's folder.</param>
public sealed record SyntheticFiles(string Folder)
{
    /// <summary>Unlabelled training list: path,frames.</summary>
    public string Train => In("train.csv");

    /// <summary>Training videos with the appearance's number: path,frames,label.</summary>
    public string AppearanceTrain => In("appearance_train.csv");

    /// <summary>Test videos with the appearance's number.</summary>
    public string AppearanceTest => In("appearance_test.csv");

    /// <summary>Training videos with the motion's number.</summary>
    public string MotionTrain => In("motion_train.csv");

    /// <summary>Test videos with the motion's number.</summary>
    public string MotionTest => In("motion_test.csv");

    /// <summary>Everything that was drawn, one row per video, with a header.</summary>
    public string Factors => In("factors.csv");

    /// <summary>
    /// Where the object is: path,image,x,y,width,height in pixels, with a header. An image has two or more rows while
    /// the object comes back at the opposite edge.
    /// </summary>
    public string Boxes => In("boxes.csv");

    /// <summary>The class names of both factors.</summary>
    public string Classes => In("classes.json");

    /// <summary>The options; written last.</summary>
    public string Options => In("synthetic.json");

    /// <summary>The options of a generation that has not finished.</summary>
    internal string UnfinishedOptions => In("synthetic.unfinished.json");

    private string In(string name) => Path.Combine(Folder, name);
}
