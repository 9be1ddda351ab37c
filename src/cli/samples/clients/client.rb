require "net/http"

host, port, path, version = ARGV
http = Net::HTTP.new(host, port.to_i)
http.use_ssl = true
http.open_timeout = http.read_timeout = 20
if version != "any"
  http.min_version = OpenSSL::SSL::TLS1_VERSION
  http.max_version = OpenSSL::SSL.const_get("TLS1#{{ "1.0" => "", "1.1" => "_1", "1.2" => "_2", "1.3" => "_3" }[version]}_VERSION")
  http.ciphers = "DEFAULT:@SECLEVEL=0"
end
begin
  answer = http.get(path)
  puts "#{answer.code} #{answer.body}"
rescue => failure
  warn "#{failure.class}: #{failure.message}"
  exit 1
end
