using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace VideoConcepts.Search;

/// <summary>Which schema of which database a library is in.</summary>
/// <param name="Name">The address, as messages show it. It holds no password.</param>
/// <param name="Schema">The schema.</param>
/// <param name="Connection">How the server is reached.</param>
internal sealed partial record PostgresAddress(string Name, string Schema, string Connection)
{
    private const string DefaultSchema = "videoconcepts", Ending = "_new";
    private const string Form =
        "a library in a database is postgresql://[user@]host[:port]/database[?schema=name&sslmode=mode]";

    /// <summary>What an address begins with.</summary>
    public static readonly string[] Schemes = ["postgresql", "postgres"];

    /// <summary>The database, and its schema if that is not the usual one.</summary>
    public string Title => new NpgsqlConnectionStringBuilder(Connection).Database
        + (Schema == DefaultSchema ? "" : $"/{Schema}");

    /// <summary>The schema as it stands in statements.</summary>
    public string Quoted => $"\"{Schema}\"";

    /// <summary>Reads an address; what it leaves open comes from the environment.</summary>
    /// <exception cref="BadInputException">It is no such address, or holds a password.</exception>
    public static PostgresAddress Parse(string address) => Parse(address, Environment.GetEnvironmentVariable);

    /// <summary>The same, with other variables.</summary>
    internal static PostgresAddress Parse(string address, Func<string, string?> variable)
    {
        string rest = address[(address.IndexOf("://", StringComparison.Ordinal) + 3)..];
        (string place, string query) = Halves(rest, '?');
        (string server, string database) = Halves(place, '/');
        int at = server.LastIndexOf('@');
        string user = at < 0 ? "" : server[..at];
        Dictionary<string, string> options = Options(query);
        // before anything is shown
        if (rest.LastIndexOf('@') is > 0 and var last && rest[..last].Contains(':') || options.Keys.Any(IsSecret))
            throw new BadInputException("postgresql://…: a password does not belong into the address, where others see "
                + "it; give it by PGPASSWORD or in the file that PGPASSFILE names (~/.pgpass).");
        if (options.Keys.FirstOrDefault(key => key is not ("schema" or "sslmode" or "host")) is { } other)
            throw Wrong(address, $"{other} is not known");
        (string host, string port) = Server(server[(at + 1)..]);
        string schema = options.GetValueOrDefault("schema") ?? DefaultSchema;
        if (!SchemaName().IsMatch(schema) || schema.StartsWith("pg_", StringComparison.Ordinal))
            throw Wrong(address, $"schema {schema}: give at most 59 letters, digits and _, no digit first, not pg_");
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = Given(host) ?? options.GetValueOrDefault("host") ?? variable("PGHOST") ?? "localhost",
            Port = Port(Given(port) ?? Given(variable("PGPORT")) ?? "5432"),
            SslMode = Mode(options.GetValueOrDefault("sslmode") ?? Given(variable("PGSSLMODE")) ?? "prefer", address),
            GssEncryptionMode = GssEncryptionMode.Disable,
            ApplicationName = "videoconcepts",
            Pooling = false,
            CommandTimeout = 0, // an index over many moments takes minutes
            Timeout = 15,
        };
        if (!connection.Host!.StartsWith('/')) // not a socket in a folder: a server that has vanished is seen as such
            (connection.TcpKeepAlive, connection.TcpKeepAliveTime, connection.TcpKeepAliveInterval) = (true, 60, 10);
        connection.Database = Given(Uri.UnescapeDataString(database)) ?? Given(variable("PGDATABASE"))
            ?? throw Wrong(address, "it names no database");
        if ((Given(Uri.UnescapeDataString(user)) ?? Given(variable("PGUSER"))) is { } name) connection.Username = name;
        return new(address, schema, connection.ConnectionString);
    }

    /// <summary>Where a library is made that takes this one's place.</summary>
    public PostgresAddress Beside()
    {
        string schema = Schema + Ending;
        return this with { Name = $"{Name} (schema {schema})", Schema = schema };
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,58}$")]
    private static partial Regex SchemaName();

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static bool IsSecret(string key) => key.Contains("pass", StringComparison.OrdinalIgnoreCase)
        || key.Equals("pwd", StringComparison.OrdinalIgnoreCase);

    private static (string Before, string After) Halves(string text, char at) =>
        text.IndexOf(at, StringComparison.Ordinal) is >= 0 and var i ? (text[..i], text[(i + 1)..]) : (text, "");

    private static (string Host, string Port) Server(string server)
    {
        if (server.StartsWith('[') && server.IndexOf(']') is > 0 and var end) // IPv6
            return (server[1..end], server[(end + 1)..].TrimStart(':'));
        (string host, string port) = Halves(server, ':');
        return (Uri.UnescapeDataString(host), port);
    }

    private static Dictionary<string, string> Options(string query)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            (string key, string value) = Halves(part, '=');
            options[Uri.UnescapeDataString(key)] = Uri.UnescapeDataString(value);
        }
        return options;
    }

    private static int Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536
            ? port : throw new BadInputException($"postgresql://…: the port is no number from 1 to 65535; {Form}.");

    private static SslMode Mode(string text, string address) => text switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw Wrong(address, $"sslmode {text}: give disable, allow, prefer, require, verify-ca or verify-full"),
    };

    private static BadInputException Wrong(string address, string what) => new($"{address}: {what}; {Form}.");
}
