using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace LakeAspire.Testing;

/// <summary>
/// A Ceph cluster of one monitor, one OSD in memory and one gateway, which speaks S3, on free ports of this machine. One for each test process, started by the first test that needs it; a shell holds its
/// processes and ends them when this process ends, however it ends.
/// </summary>
public sealed class Ceph
{
    static readonly Lazy<Task<Ceph>> Shared = new(StartOneAsync);

    /// <summary>Referred to for as long as this process lives: its end would close the shell's input.</summary>
    static Process? shell;

    Ceph(int port) => Endpoint = $"http://127.0.0.1:{port}";

    /// <summary>Address of the gateway.</summary>
    public string Endpoint { get; }

    /// <summary>Access key of the user that owns the buckets.</summary>
    public string AccessKey { get; } = "LAKEACCESSKEY0000001";

    /// <summary>Its secret.</summary>
    public string SecretKey { get; } = "lakesecret" + Guid.NewGuid().ToString("N");

    /// <summary>The cluster of this process. Ends the test as "not run" where Ceph is not installed.</summary>
    public static Task<Ceph> StartAsync()
    {
        Needs.Require(((string[])["ceph-mon", "ceph-osd", "radosgw"]).All(name => File.Exists($"/usr/bin/{name}")), "Ceph (packages radosgw, ceph-mon, ceph-osd)");
        return Shared.Value;
    }

    /// <summary>A role that the user may assume and that may do everything with every bucket.</summary>
    public static string Role => "arn:aws:iam:::role/lake";

    /// <summary>What a process needs in its environment to reach the gateway by AWS's own names.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AWS_ENDPOINT_URL_S3"] = Endpoint,
        ["AWS_ACCESS_KEY_ID"] = AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = SecretKey,
        ["AWS_REGION"] = "us-east-1",
    };

    /// <summary>Makes a bucket of a new name.</summary>
    public async Task<string> CreateBucketAsync()
    {
        var name = $"lake-{Guid.NewGuid():N}";
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{Endpoint}/{name}") { Content = new ByteArrayContent([]) };
        request.Headers.Date = TimeProvider.System.GetUtcNow();

        // Version 2 of the signature, which the gateway takes too and which is one line.
        var text = $"PUT\n\n\n{request.Headers.Date:R}\n/{name}";
        var signature = Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(SecretKey), Encoding.UTF8.GetBytes(text)));
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS {AccessKey}:{signature}");
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return name;
    }

    static async Task<Ceph> StartOneAsync()
    {
        var (mon, mon1, rgw) = (FreePort(), FreePort(), FreePort());
        var ceph = new Ceph(rgw);
        var start = new ProcessStartInfo("/bin/bash", ["-c", Script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["MON"] = $"{mon}";
        start.Environment["MON1"] = $"{mon1}";
        start.Environment["RGW"] = $"{rgw}";
        start.Environment["ACCESS"] = ceph.AccessKey;
        start.Environment["SECRET"] = ceph.SecretKey;
        start.Environment["FSID"] = Guid.NewGuid().ToString();
        start.Environment["UUID"] = Guid.NewGuid().ToString();
        shell = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var said = new List<string>();
        while (await shell.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            said.Add(line);
            if (line == "ready")
            {
                return ceph;
            }
        }

        throw new InvalidOperationException($"Ceph did not start: {string.Join('\n', said)}\n{await shell.StandardError.ReadToEndAsync(limit.Token)}");
    }

    static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Says "ready", then waits for the end of its input, which is that of the test process.</summary>
    const string Script = """
        set -u
        run=$(mktemp -d /tmp/lakeaspire-ceph-XXXXXX)
        pids=()
        stop() { kill -KILL "${pids[@]}" 2>/dev/null; wait 2>/dev/null; rm -rf "$run"; exit; }
        trap stop EXIT TERM INT HUP
        export C=$run/ceph.conf K=$run/keyring
        mkdir -p "$run"/{mon,osd,rgw,asok}
        cat > "$C" <<END
        [global]
        fsid=$FSID
        mon initial members=a
        mon host=[v2:127.0.0.1:$MON/0,v1:127.0.0.1:$MON1/0]
        public addr=127.0.0.1
        cluster addr=127.0.0.1
        auth cluster required=cephx
        auth service required=cephx
        auth client required=cephx
        keyring=$K
        osd objectstore=memstore
        memstore device bytes=4294967296
        osd pool default size=1
        osd pool default min size=1
        osd pool default pg num=2
        osd pool default pgp num=2
        osd crush chooseleaf type=0
        mon allow pool size one=true
        mon max pg per osd=1000
        paxos propose interval=0.01
        run dir=$run
        admin socket=$run/asok/\$name.asok
        log file=$run/\$name.log
        mon cluster log file=$run/cluster.log
        mon data=$run/mon
        osd data=$run/osd
        osd memory target=939524096
        [client.rgw]
        rgw frontends=beast endpoint=127.0.0.1:$RGW tcp_nodelay=1
        rgw data=$run/rgw
        rgw dynamic resharding=false
        rgw run sync thread=false
        rgw s3 auth use sts=true
        rgw sts key=lakestskey123456
        END
        must() { "$@" > "$run/out" 2>&1 || { echo "failed: $*"; cat "$run/out"; exit 1; }; }
        must monmaptool --create --clobber --fsid "$FSID" --addv a "[v2:127.0.0.1:$MON,v1:127.0.0.1:$MON1]" "$run/monmap"
        must ceph-authtool -C "$K" -g -n mon. --cap mon 'allow *'
        must ceph-authtool "$K" -g -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
        must ceph-authtool "$K" -g -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
        must ceph-authtool "$K" -g -n client.rgw --cap mon 'allow rw' --cap osd 'allow rwx'
        must ceph-mon --mkfs -i a --monmap "$run/monmap" --keyring "$K" -c "$C"
        ceph-mon -f -i a -c "$C" </dev/null >/dev/null 2>&1 & pids+=($!)
        must timeout 60 ceph -c "$C" osd new "$UUID"
        must ceph-osd --mkfs -i 0 --osd-uuid "$UUID" -c "$C"
        ceph-osd -f -i 0 -c "$C" </dev/null >/dev/null 2>&1 & pids+=($!)
        radosgw -f -n client.rgw -c "$C" </dev/null >/dev/null 2>&1 & pids+=($!)
        must timeout 60 radosgw-admin -c "$C" -n client.rgw user create --uid=lake --display-name=lake --access-key="$ACCESS" --secret-key="$SECRET"
        must timeout 60 radosgw-admin -c "$C" -n client.rgw role create --role-name=lake --assume-role-policy-doc='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam:::user/lake"]},"Action":["sts:AssumeRole"]}]}'
        must timeout 60 radosgw-admin -c "$C" -n client.rgw role-policy put --role-name=lake --policy-name=all --policy-doc='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::*"]}]}'
        until (exec 3<>"/dev/tcp/127.0.0.1/$RGW") 2>/dev/null; do kill -0 "${pids[2]}" || exit 1; read -r -t 0.05 <> <(:); done
        echo ready
        cat >/dev/null
        """;
}
